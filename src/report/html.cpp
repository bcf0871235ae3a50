#include "html.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace sae::html {
namespace {

std::string base64(const PngBytes& bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t group = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits = bits << 8 | (k < group ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text += k <= group ? digits[bits >> (18 - 6 * k) & 63] : '=';
        }
    }
    return text;
}

/// The big-endian number at `at`, where a PNG's header (IHDR) has its width (16) and height (20).
std::uint32_t big_endian(const PngBytes& png, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < 4; ++k) value = value << 8 | std::to_integer<std::uint32_t>(png[at + k]);
    return value;
}

std::string whole(double value) {
    return std::to_string(static_cast<long long>(std::llround(value)));
}

}  // namespace

std::string escape(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

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

std::string image(const PngBytes& png, std::string_view alt) {
    if (png.empty()) return "";
    constexpr std::size_t header_end = 24;
    std::string size;
    if (png.size() >= header_end) {
        size = " width=\"" + std::to_string(big_endian(png, 16)) + "\" height=\"" +
               std::to_string(big_endian(png, 20)) + '"';
    }
    return "<img" + size + " alt=\"" + escape(alt) + "\" src=\"data:image/png;base64," + base64(png) + "\">";
}

std::string section(std::string_view heading, const std::string& content) {
    if (content.empty()) return "";
    return "<section>\n<h2>" + escape(heading) + "</h2>\n" + content + "</section>\n";
}

std::string paragraph(std::string_view text) {
    return text.empty() ? "" : "<p>" + escape(text) + "</p>\n";
}

std::string table_of(std::string_view caption, const NamedValues& values) {
    if (values.empty()) return "";
    std::string rows;
    for (const auto& [name, value] : values) {
        rows += "<tr><th scope=\"row\">" + escape(name) + "</th><td>" + escape(value) + "</td></tr>\n";
    }
    return "<div class=\"scroll\"><table class=\"pairs\"><caption>" + escape(caption) + "</caption>\n" +
           rows + "</table></div>\n";
}

std::string key_numbers(const NamedValues& values) {
    std::string list;
    for (const auto& [name, value] : values) {
        list += "<div><dt>" + escape(name) + "</dt><dd>" + escape(value) + "</dd></div>\n";
    }
    return list.empty() ? "" : "<dl class=\"key\">\n" + list + "</dl>\n";
}

std::string page(std::string_view title, const std::string& body) {
    std::string text =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>";
    text += escape(title);
    text += "</title>\n<style>\n";
    text += style;
    text += "</style>\n</head>\n<body>\n<main>\n";
    text += body;
    text += "</main>\n<script>\n";
    text += sorting;
    text += "</script>\n</body>\n</html>\n";
    return text;
}

}  // namespace sae::html
