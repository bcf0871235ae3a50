#include "words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace sae {
namespace {

std::string whole(double value) {
    return std::to_string(static_cast<long long>(std::llround(value)));
}

}  // namespace

std::string number(double value) {
    if (std::isnan(value)) return "not a number";
    if (std::isinf(value)) return value < 0 ? "minus infinite" : "infinite";
    if (value == 0) return "0";
    std::array<char, 32> room{};
    const auto end =
        std::to_chars(room.data(), room.data() + room.size(), value, std::chars_format::general, 4).ptr;
    std::string text(room.data(), end);
    // "1e-05" is "1e-5" and "1.2e+05" is "1.2e5" to people.
    if (const auto e = text.find('e'); e != std::string::npos) {
        const bool negative = text[e + 1] == '-';
        const auto digits = text.find_first_not_of('0', e + 2);
        text = text.substr(0, e + 1) + (negative ? "-" : "") + text.substr(digits);
    }
    return text;
}

std::string number(const std::optional<double>& value) {
    return value ? number(*value) : "–";
}

std::string exact(double value) {
    std::array<char, 32> room{};
    return {room.data(), std::to_chars(room.data(), room.data() + room.size(), value).ptr};
}

std::string count(Index value) {
    std::string text = std::to_string(value);
    const std::ptrdiff_t first = value < 0 ? 1 : 0;
    for (auto at = std::ssize(text) - 3; at > first; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string count(Index value, std::string_view noun) {
    return count(value) + ' ' + std::string(noun) + (value == 1 ? "" : "s");
}

std::string share(Index part, Index all) {
    const double per_cent = 100.0 * static_cast<double>(part) / static_cast<double>(all);
    if (part > 0 && per_cent < 1) return "under 1 %";
    if (part < all && per_cent > 99) return "over 99 %";
    return whole(per_cent) + " %";
}

std::string duration(double seconds) {
    if (!(seconds >= 0) || std::isinf(seconds)) return "unknown";
    if (seconds < 59.95) return number(seconds < 1 ? seconds : std::round(seconds * 10) / 10) + " s";
    const double minutes = std::floor(std::round(seconds) / 60);
    if (minutes < 60) return whole(minutes) + " min " + whole(std::round(seconds) - 60 * minutes) + " s";
    const double rounded = std::round(seconds / 60);
    return whole(std::floor(rounded / 60)) + " h " + whole(std::fmod(rounded, 60)) + " min";
}

std::string relative_url(std::string_view path) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr std::string_view hexadecimal = "0123456789ABCDEF";
    std::string url = "./";
    for (const char c : path) {
        if (plain.find(c) != std::string_view::npos) {
            url += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            url += {'%', hexadecimal[byte >> 4], hexadecimal[byte & 15]};
        }
    }
    return url;
}

std::string base64(const std::vector<std::byte>& bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t group = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < group ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
        for (std::size_t k = 0; k < 4; ++k) text += k <= group ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

std::string status_words(LbfgsStatus status) {
    switch (status) {
        case LbfgsStatus::running:
            return "not finished";
        case LbfgsStatus::converged:
            return "converged";
        case LbfgsStatus::max_iterations:
            return "iteration limit";
        case LbfgsStatus::line_search_failed:
            return "line search failed";
        case LbfgsStatus::interrupted:
            break;
    }
    return "interrupted";
}

}  // namespace sae
