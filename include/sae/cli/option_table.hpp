#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sae/cli/option_values.hpp"

namespace sae {

/// What the value of an option belongs to.
enum class OptionRole {
    run,    ///< the settings of a run: in its INI file
    model,  ///< those that decide its result: a run that is resumed must have the same
    start,  ///< one start of the program: in no file
};

/// What the description of an option says for people, and its role.
struct OptionText {
    std::string name;          ///< without the dashes; also the key in an INI file
    std::string value;         ///< the name of its value, "N" or "FILE"; unused for a switch
    std::string help;          ///< what it does, with units
    std::string without = {};  ///< what happens without it, for an option that has no default value
    OptionRole role = OptionRole::run;
};

/// Values by the name of their option, in the order of the table.
using OptionTexts = std::vector<std::pair<std::string, std::string>>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// An option as help and manual show it.
struct OptionDescription {
    std::string name;     ///< without the dashes
    std::string value;    ///< "N", "FILE", "DIR", "double|single"; empty for a switch
    std::string help;     ///< what it does, and its default or that it is needed
    std::string heading;  ///< of its group
};

/// A command as help and manual show it.
struct CommandDescription {
    std::string program;
    std::string command;
    std::string summary;
    std::vector<OptionDescription> options;  ///< in their order in the help, heading by heading
    std::vector<std::pair<std::string, std::string>> examples;  ///< remark, and command lines

    /// For lists of commands: the first sentence of the summary, without the full stop.
    [[nodiscard]] std::string headline() const { return summary.substr(0, summary.find(". ")); }
};

/// The options of one command, each bound to the variable that receives it: what the command line, an INI
/// file, the help text and the settings written with a result have in common. A variable's value at the time
/// it is added is the option's default.
class OptionTable {
  public:
    /// A table for `PROGRAM COMMAND`; it has the options --help and --config.
    OptionTable(std::string program, std::string command, std::string summary);

    /// The options added after this call have this heading in the help.
    void group(const std::string& heading);

    /// An option that sets `target`, a T or an optional T, to one of `values` (option_values.hpp).
    template <class T, class Values>
    void add(const OptionText& text, T& target, Values values) {
        Option option{text, heading_, std::is_same_v<Values, Switch>, values.expected(), {}, {}, {}};
        option.set = [&target, values](std::string_view given) {
            auto value = values.read(given);
            if (!value) return false;
            if constexpr (std::is_integral_v<T>)
                target = static_cast<T>(*value);
            else
                target = std::move(*value);
            return true;
        };
        option.present = [&target]() -> std::optional<std::string> {
            if constexpr (is_optional<T>)
                return target ? std::optional(Values::text(*target)) : std::nullopt;
            else
                return Values::text(target);
        };
        add(std::move(option));
    }
    void add(const OptionText& text, bool& target) { add(text, target, Switch{}); }

    /// The command does not work without this option.
    void require(const std::string& name);

    /// The option makes no sense together with any of the others. An option on the command line overrides
    /// conflicting options of an INI file; two from the same place are an error.
    void exclude(const std::string& name, const std::vector<std::string>& others);

    /// The option makes sense only together with the other.
    void depend(const std::string& name, const std::string& other);

    /// Command lines with a remark each, shown at the end of the help.
    void example(const std::string& remark, const std::string& line);

    /// Reads the arguments after the command and the INI file they name, and sets the variables. Returns
    /// false if --help is among them; nothing is set then. Throws UsageError, naming the option and where it
    /// was given, for options that are unknown, given twice, missing, in conflict or out of range.
    [[nodiscard]] bool parse(std::span<const std::string> arguments) const;

    /// Usage, options with their defaults, and examples.
    [[nodiscard]] std::string help() const;

    /// The contents of help(), for the manual and the completion.
    [[nodiscard]] CommandDescription description() const;

    /// Every option with the present value of its variable, as an INI file that parse() reads back to the
    /// same values. An option without a value is a comment there.
    [[nodiscard]] std::string to_ini() const;

    /// Name and readable() value of every option that to_ini() has with a value.
    [[nodiscard]] OptionTexts settings() const;

    /// The part of the settings that determines the result: those with the role `model`.
    [[nodiscard]] OptionTexts identity() const;

    /// Every option with its value, a line each, for difference() on another rank.
    [[nodiscard]] std::string values() const;

    /// The first option whose value differs from that in another table of the same command, whose values()
    /// are `other`: "--hidden: is 5 here and 6"; empty if all are equal.
    [[nodiscard]] std::string difference(const std::string& other) const;

  private:
    struct Option {
        OptionText text;
        std::string heading;
        bool is_switch = false;
        std::string expected;                                 ///< completes "expected ..."
        std::function<bool(std::string_view)> set;            ///< false if the text is not what is expected
        std::function<std::optional<std::string>()> present;  ///< the variable as text
        std::string default_text;
    };

    /// Where an option was given, and its value there.
    struct Given {
        const Option* option = nullptr;
        std::string value;
        std::string where;  ///< "--hidden" or "run.ini:3: hidden"
        bool on_command_line = false;
    };

    void add(Option option);
    [[nodiscard]] OptionTexts present(bool (*wanted)(OptionRole role)) const;

    [[nodiscard]] std::string help_of(const Option& option) const;
    [[nodiscard]] const Option* find(std::string_view name) const;
    [[nodiscard]] std::string suggestion(const std::string& name, const std::string& dashes) const;
    [[nodiscard]] std::vector<Given> read_command_line(std::span<const std::string> arguments) const;
    void read_config(const std::string& file, std::vector<Given>& given) const;
    void drop_overruled(std::vector<Given>& given) const;
    void check_together(const std::vector<Given>& given) const;

    std::string program_;
    std::string command_;
    std::string summary_;
    std::string heading_ = "Options";
    std::vector<Option> options_;
    std::vector<std::string> required_;
    std::vector<std::pair<std::string, std::string>> exclusions_;
    std::vector<std::pair<std::string, std::string>> dependencies_;
    std::vector<std::pair<std::string, std::string>> examples_;
};

}  // namespace sae
