#include "sae/cli/option_values.hpp"

#include <algorithm>

#include "sae/cli/number_text.hpp"
#include "sae/data/metadata.hpp"

namespace sae {

std::string WholeNumbers::expected() const {
    if (high == std::numeric_limits<Index>::max()) return "a whole number of at least " + text(low);
    return "a whole number from " + text(low) + " to " + text(high);
}

std::optional<Index> WholeNumbers::read(std::string_view text) const {
    const std::optional<Index> number = read_integer<Index>(text);
    return number && *number >= low && *number <= high ? number : std::nullopt;
}

std::string RealNumbers::expected() const {
    const std::string above = (open ? "a number above " : "a number of at least ") + text(low);
    if (high == std::numeric_limits<double>::infinity()) return above;
    return open ? above + " and below " + text(high) : "a number from " + text(low) + " to " + text(high);
}

std::optional<double> RealNumbers::read(std::string_view text) const {
    const std::optional<double> number = read_real(text);
    const bool inside =
        number && (open ? *number > low && *number < high : *number >= low && *number <= high);
    return inside ? number : std::nullopt;
}

std::string RealNumbers::text(double value) {
    return shortest_decimal(value);
}

std::optional<std::uint64_t> Seeds::read(std::string_view text) {
    return read_integer<std::uint64_t>(text);
}

std::optional<std::string> Paths::read(std::string_view text) {
    const bool controls = std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    return text.empty() || controls ? std::nullopt : std::optional<std::string>(text);
}

std::optional<bool> Switch::read(std::string_view text) {
    return text == "true" ? std::optional(true) : text == "false" ? std::optional(false) : std::nullopt;
}

}  // namespace sae
