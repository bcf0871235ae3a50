#include "option_values.hpp"

#include <algorithm>

#include "sae/app/number_text.hpp"

namespace sae {

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

std::optional<Index> read_in(WholeNumbers range, std::string_view text) {
    const std::optional<Index> number = read_integer<Index>(text);
    return number && *number >= range.low && *number <= range.high ? number : std::nullopt;
}

std::optional<double> read_in(RealNumbers range, std::string_view text) {
    const std::optional<double> number = read_real(text);
    if (!number) return number;
    const bool inside = range.open ? *number > range.low && *number < range.high
                                   : *number >= range.low && *number <= range.high;
    return inside ? number : std::nullopt;
}

std::optional<std::string> read_path(std::string_view text) {
    const bool controls = std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    return text.empty() || controls ? std::nullopt : std::optional<std::string>(text);
}

std::optional<Precision> read_precision(std::string_view text) {
    for (const Precision precision : {Precision::double_precision, Precision::single_precision}) {
        if (text == name(precision)) return precision;
    }
    return std::nullopt;
}

std::optional<bool> read_switch(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

}  // namespace sae
