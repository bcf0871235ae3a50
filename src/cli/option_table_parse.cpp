#include <algorithm>
#include <boost/program_options.hpp>

#include "sae/cli/ini_file.hpp"
#include "sae/cli/near_miss.hpp"
#include "sae/cli/number_text.hpp"
#include "sae/cli/option_table.hpp"
#include "sae/core/error.hpp"

namespace sae {
namespace {

namespace po = boost::program_options;

template <class Given>
const Given* given_as(const std::vector<Given>& given, const std::string& name) {
    const auto found =
        std::ranges::find_if(given, [&](const Given& g) { return g.option->text.name == name; });
    return found == given.end() ? nullptr : &*found;
}

std::vector<po::option> split(std::span<const std::string> arguments, const po::options_description& known) {
    namespace style = po::command_line_style;
    const std::vector<std::string> words(arguments.begin(), arguments.end());
    return po::command_line_parser(words)
        .options(known)
        .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
        .allow_unregistered()
        .run()
        .options;
}

/// Boost uses the next argument as the value, whatever it is, but "--name=--value" is allowed.
bool swallowed_an_option(const po::option& word) {
    return word.original_tokens.size() == 2 && word.original_tokens.back().starts_with("--");
}

}  // namespace

std::string OptionTable::suggestion(const std::string& name, const std::string& dashes) const {
    std::vector<std::string> names;
    for (const Option& option : options_) names.push_back(option.text.name);
    const std::string near = near_miss(name, names);
    if (near == name) return "; it belongs on the command line only";
    return near.empty() ? "; " + program_ + ' ' + command_ + " --help lists the options"
                        : "; did you mean " + dashes + near + '?';
}

std::vector<OptionTable::Given> OptionTable::read_command_line(std::span<const std::string> arguments) const {
    po::options_description known;
    for (const Option& option : options_) {
        const char* name = option.text.name.c_str();
        if (option.is_switch) {
            known.add_options()(name, "");
        } else {
            known.add_options()(name, po::value<std::string>(), "");
        }
    }
    std::vector<Given> given;
    try {
        for (const po::option& word : split(arguments, known)) {
            if (word.position_key >= 0) {
                throw UsageError("unexpected argument " + excerpt(word.value.front()) +
                                 "; options begin with \"--\", see " + program_ + ' ' + command_ + " --help");
            }
            const std::string name = "--" + word.string_key;
            if (word.unregistered) {
                throw UsageError("unknown option " + excerpt(name) + suggestion(word.string_key, "--"));
            }
            const Option* option = find(word.string_key);
            if (given_as(given, word.string_key)) throw UsageError(name + ": is given twice");
            if (swallowed_an_option(word))
                throw UsageError(name + ": needs a value: expected " + option->expected);
            given.push_back({option, option->is_switch ? "true" : word.value.front(), name, true});
        }
    } catch (const po::error_with_option_name& error) {
        const std::string name = error.get_option_name();
        const Option* option = name.starts_with("--") ? find(name.substr(2)) : nullptr;
        if (!option) throw UsageError("unknown option " + excerpt(name) + suggestion(name, "--"));
        throw UsageError(name + (option->is_switch ? ": is a switch and takes no value"
                                                   : ": needs a value: expected " + option->expected));
    }
    return given;
}

void OptionTable::read_config(const std::string& file, std::vector<Given>& given) const {
    for (IniEntry& entry : read_ini(file)) {
        const std::string where = file + ':' + std::to_string(entry.line) + ": ";
        const Option* option = find(entry.key);
        if (!option || !option->present) {
            throw UsageError(where + "unknown option " + excerpt(entry.key) + suggestion(entry.key, ""));
        }
        if (given_as(given, entry.key)) continue;
        given.push_back({option, std::move(entry.value), where + entry.key, false});
    }
}

void OptionTable::drop_overruled(std::vector<Given>& given) const {
    const auto on_command_line = [&](const std::string& name) {
        const Given* found = given_as(given, name);
        return found && found->on_command_line;
    };
    for (const auto& [one, other] : exclusions_) {
        for (const auto& [winner, loser] : {std::pair(one, other), std::pair(other, one)}) {
            if (!on_command_line(winner) || on_command_line(loser)) continue;
            std::erase_if(given, [&name = loser](const Given& g) { return g.option->text.name == name; });
        }
    }
}

void OptionTable::check_together(const std::vector<Given>& given) const {
    for (const auto& [one, other] : exclusions_) {
        const Given* first = given_as(given, one);
        const Given* second = given_as(given, other);
        const bool off = (first && first->value == "false") || (second && second->value == "false");
        if (first && second && !off) {
            throw UsageError(first->where + ": cannot be given together with --" + other +
                             "; remove one of the two");
        }
    }
    for (const auto& [name, other] : dependencies_) {
        const Given* found = given_as(given, name);
        if (found && !given_as(given, other)) {
            throw UsageError(found->where + ": makes sense only with --" + other + ", which is missing");
        }
    }
    for (const std::string& name : required_) {
        if (given_as(given, name)) continue;
        const OptionText& text = find(name)->text;
        throw UsageError("--" + name + " " + text.value + " is missing: " + text.help);
    }
}

bool OptionTable::parse(std::span<const std::string> arguments) const {
    if (std::ranges::find(arguments, "--help") != arguments.end()) return false;
    std::vector<Given> given = read_command_line(arguments);
    if (const Given* config = given_as(given, "config")) {
        const std::string file = config->value;
        if (!config->option->set(file))
            throw UsageError("--config: expected " + config->option->expected + ", found " + excerpt(file));
        read_config(file, given);
    }
    drop_overruled(given);
    for (const Given& g : given) {
        if (!g.option->set(g.value)) {
            throw UsageError(g.where + ": expected " + g.option->expected + ", found " + excerpt(g.value));
        }
    }
    check_together(given);
    return true;
}

}  // namespace sae
