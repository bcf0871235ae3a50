#include "sae/app/option_table.hpp"

#include <algorithm>
#include <cassert>

#include "sae/app/ini_file.hpp"
#include "sae/app/number_text.hpp"

namespace sae {
namespace {

std::string describe(WholeNumbers range) {
    if (range.high == std::numeric_limits<Index>::max()) {
        return "a whole number of at least " + std::to_string(range.low);
    }
    return "a whole number from " + std::to_string(range.low) + " to " + std::to_string(range.high);
}

std::string describe(RealNumbers range) {
    const std::string low = shortest_text(range.low);
    const std::string above = range.open ? "a number above " : "a number of at least ";
    if (range.high == std::numeric_limits<double>::infinity()) return above + low;
    const std::string high = shortest_text(range.high);
    return range.open ? above + low + " and below " + high : "a number from " + low + " to " + high;
}

auto reader(WholeNumbers range) {
    return [range](std::string_view text) {
        const std::optional<Index> number = read_integer<Index>(text);
        return number && *number >= range.low && *number <= range.high ? number : std::nullopt;
    };
}

auto reader(RealNumbers range) {
    return [range](std::string_view text) {
        const std::optional<double> number = read_real(text);
        if (!number) return number;
        const bool inside = range.open ? *number > range.low && *number < range.high
                                       : *number >= range.low && *number <= range.high;
        return inside ? number : std::nullopt;
    };
}

std::string decimal(Index number) {
    return std::to_string(number);
}

std::string list_text(const std::vector<Index>& numbers) {
    std::string text;
    for (const Index number : numbers) {
        if (!text.empty()) text += ',';
        text += std::to_string(number);
    }
    return text;
}

std::optional<std::vector<Index>> read_list(std::string_view text, WholeNumbers range) {
    std::vector<Index> numbers;
    for (bool more = true; more;) {
        const std::size_t comma = text.find(',');
        const std::optional<Index> number = reader(range)(text.substr(0, comma));
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
    }
    return numbers;
}

std::optional<std::string> read_path(std::string_view text) {
    const bool controls = std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    return text.empty() || controls ? std::nullopt : std::optional<std::string>(text);
}

std::string same(const std::string& text) {
    return text;
}

std::optional<Precision> read_precision(std::string_view text) {
    if (text == "double") return Precision::double_precision;
    if (text == "single") return Precision::single_precision;
    return std::nullopt;
}

std::optional<bool> read_switch(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
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
    config.expected = "a path";
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
    add_value(
        text, target, "a list with commas, each " + describe(range),
        [range](std::string_view value) { return read_list(value, range); }, list_text);
}

void OptionTable::add(const OptionText& text, std::optional<std::vector<Index>>& target, WholeNumbers range) {
    add_value(
        text, target, "a list with commas, each " + describe(range),
        [range](std::string_view value) { return read_list(value, range); }, list_text);
}

void OptionTable::add(const OptionText& text, std::optional<std::vector<TiedNumber>>& target,
                      RealNumbers range) {
    add_value(
        text, target, "a list with commas, each X or H:X, H hidden units and X " + describe(range),
        [range](std::string_view value) { return read_tied_numbers(value, reader(range)); },
        tied_numbers_text);
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
    add_value(text, target, "\"double\" or \"single\"", read_precision, [](Precision precision) {
        return std::string(precision == Precision::double_precision ? "double" : "single");
    });
}

void OptionTable::add(const OptionText& text, std::string& target) {
    add_value(text, target, "a path", read_path, same);
}

void OptionTable::add(const OptionText& text, std::optional<std::string>& target) {
    add_value(text, target, "a path", read_path, same);
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

std::string OptionTable::values() const {
    std::string text;
    for (const Option& option : options_) {
        const std::optional<std::string> value = option.present ? option.present() : std::nullopt;
        if (value) text += ini_line(option.text.name, *value);
    }
    return text;
}

}  // namespace sae
