#include "sae/app/option_table.hpp"

#include <algorithm>
#include <cassert>

#include "comma_list.hpp"
#include "option_values.hpp"
#include "sae/app/ini_file.hpp"
#include "sae/app/number_text.hpp"
#include "sae/data/readable.hpp"

namespace sae {
namespace {

template <class Range>
auto reader(Range range) {
    return [range](std::string_view text) { return read_in(range, text); };
}

template <class Range>
auto list_reader(Range range) {
    return [range](std::string_view text) { return read_list(text, reader(range)); };
}

std::string decimal(Index number) {
    return std::to_string(number);
}

std::string decimals(const std::vector<Index>& numbers) {
    return list_text(numbers, decimal);
}

std::string same(const std::string& text) {
    return text;
}

template <class T>
const T* value_of(const T& target) {
    return &target;
}
template <class T>
const T* value_of(const std::optional<T>& target) {
    return target ? &*target : nullptr;
}

}  // namespace

OptionTable::OptionTable(std::string command, std::string summary)
    : command_(std::move(command)), summary_(std::move(summary)) {
    Option config;
    config.text = {"config", "FILE",
                   "read options from an INI file of lines \"option = value\"; the command line wins",
                   "none"};
    config.heading = "General";
    config.in_ini = false;
    config.expected = path_words;
    config.set = [](std::string_view text) { return read_path(text).has_value(); };
    add_option(std::move(config));
    Option help;
    help.text = {"help", "", "show this text"};
    help.heading = "General";
    help.is_switch = true;
    help.in_ini = false;
    add_option(std::move(help));
}

void OptionTable::group(const std::string& heading) {
    heading_ = heading;
}

void OptionTable::add_option(Option option) {
    assert(!find(option.text.name));
    options_.push_back(std::move(option));
}

template <class T, class Read, class Write>
void OptionTable::add_value(const OptionText& text, T& target, std::string expected, Read read, Write write) {
    Option option;
    option.text = text;
    option.heading = heading_;
    option.expected = std::move(expected);
    option.set = [&target, read](std::string_view value) {
        auto parsed = read(value);
        if (!parsed) return false;
        target = std::move(*parsed);
        return true;
    };
    option.present = [&target, write]() -> std::optional<std::string> {
        const auto* value = value_of(target);
        return value ? std::optional<std::string>(write(*value)) : std::nullopt;
    };
    option.default_text = option.present().value_or(text.without);
    add_option(std::move(option));
}

void OptionTable::add(const OptionText& text, Index& target, WholeNumbers range) {
    add_value(text, target, describe(range), reader(range), decimal);
}

void OptionTable::add(const OptionText& text, std::optional<Index>& target, WholeNumbers range) {
    add_value(text, target, describe(range), reader(range), decimal);
}

void OptionTable::add(const OptionText& text, std::vector<Index>& target, WholeNumbers range) {
    add_value(text, target, "a list with commas, each " + describe(range), list_reader(range), decimals);
}

void OptionTable::add(const OptionText& text, std::optional<std::vector<Index>>& target, WholeNumbers range) {
    add_value(text, target, "a list with commas, each " + describe(range), list_reader(range), decimals);
}

void OptionTable::add(const OptionText& text, std::optional<std::vector<TiedNumber>>& target,
                      RealNumbers range) {
    const auto read_one = [range](std::string_view part) { return read_tied_number(part, reader(range)); };
    add_value(
        text, target, "a list with commas, each X or H:X, H hidden units and X " + describe(range),
        [read_one](std::string_view value) { return read_list(value, read_one); },
        [](const std::vector<TiedNumber>& numbers) { return list_text(numbers, tied_number_text); });
}

void OptionTable::add(const OptionText& text, std::uint64_t& target) {
    add_value(text, target, "a whole number from 0 to 18446744073709551615", read_integer<std::uint64_t>,
              [](std::uint64_t number) { return std::to_string(number); });
}

void OptionTable::add(const OptionText& text, double& target, RealNumbers range) {
    add_value(text, target, describe(range), reader(range), shortest_text);
}

void OptionTable::add(const OptionText& text, std::optional<double>& target, RealNumbers range) {
    add_value(text, target, describe(range), reader(range), shortest_text);
}

void OptionTable::add(const OptionText& text, Precision& target) {
    add_value(text, target, "\"double\" or \"single\"", read_precision,
              [](Precision precision) { return std::string(name(precision)); });
}

void OptionTable::add(const OptionText& text, std::string& target) {
    add_value(text, target, path_words, read_path, same);
}

void OptionTable::add(const OptionText& text, std::optional<std::string>& target) {
    add_value(text, target, path_words, read_path, same);
}

void OptionTable::add(const OptionText& text, bool& target) {
    add_value(text, target, "true or false", read_switch,
              [](bool on) { return std::string(on ? "true" : "false"); });
    options_.back().is_switch = true;
}

void OptionTable::leave_out_of_ini(const std::string& name) {
    std::ranges::find(options_, name, [](const Option& option) { return option.text.name; })->in_ini = false;
}

void OptionTable::require(const std::string& name) {
    required_.push_back(name);
}

void OptionTable::exclude(const std::string& name, const std::vector<std::string>& others) {
    for (const std::string& other : others) exclusions_.emplace_back(name, other);
}

void OptionTable::depend(const std::string& name, const std::string& other) {
    dependencies_.emplace_back(name, other);
}

void OptionTable::example(const std::string& remark, const std::string& line) {
    examples_.emplace_back(remark, line);
}

const OptionTable::Option* OptionTable::find(std::string_view name) const {
    const auto found =
        std::ranges::find(options_, name, [](const Option& o) -> std::string_view { return o.text.name; });
    return found == options_.end() ? nullptr : &*found;
}

std::string OptionTable::to_ini() const {
    std::string text = "# sae-mpi " + command_ + "\n";
    std::string heading;
    for (const Option& option : options_) {
        if (!option.in_ini) continue;
        if (option.heading != heading) text += "\n# " + option.heading + "\n";
        heading = option.heading;
        const std::optional<std::string> value = option.present();
        text += value ? ini_line(option.text.name, *value)
                      : "# " + option.text.name + ": " + option.text.without + "\n";
    }
    return text;
}

std::vector<std::pair<std::string, std::string>> OptionTable::settings() const {
    std::vector<std::pair<std::string, std::string>> settings;
    for (const Option& option : options_) {
        const std::optional<std::string> value = option.in_ini ? option.present() : std::nullopt;
        if (value) settings.emplace_back(option.text.name, readable(*value));
    }
    return settings;
}

std::string OptionTable::values() const {
    std::string text;
    for (const Option& option : options_) {
        const std::optional<std::string> value = option.present ? option.present() : std::nullopt;
        if (value) text += ini_line(option.text.name, *value);
    }
    return text;
}

std::string OptionTable::difference(const std::string& other) const {
    const std::vector<IniEntry> entries = parse_ini(other, "values");
    for (const Option& option : options_) {
        if (!option.present) continue;
        const auto there = std::ranges::find(entries, option.text.name, &IniEntry::key);
        const std::string here = option.present().value_or("not given");
        const std::string that = there == entries.end() ? "not given" : there->value;
        if (here != that) return "--" + option.text.name + ": is " + here + " here and " + that;
    }
    return {};
}

}  // namespace sae
