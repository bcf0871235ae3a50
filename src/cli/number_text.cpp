#include "sae/cli/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace sae {

template <std::integral T>
std::optional<T> read_integer(std::string_view text) {
    T number{};
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc{} || stop != end) return std::nullopt;
    return number;
}

template std::optional<Index> read_integer<Index>(std::string_view);
template std::optional<std::uint64_t> read_integer<std::uint64_t>(std::string_view);

std::optional<double> read_real(std::string_view text) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc{} || stop != end || !std::isfinite(number)) return std::nullopt;
    return number;
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t longest = 80;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f)
            shown.append("\\x") += {digits[byte / 16], digits[byte % 16]};
        else
            shown += c;
    }
    return '"' + shown + (text.size() > longest ? "..." : "") + '"';
}

}  // namespace sae
