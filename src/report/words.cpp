#include "sae/report/words.hpp"

#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <regex>

namespace sae {

std::string formatted(const char* format, ...) {
    std::array<char, 256> text{};
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(text.data(), text.size(), format, values);
    va_end(values);
    return text.data();
}

std::string number(double value) {
    if (std::isnan(value)) return "not a number";
    if (std::isinf(value)) return value < 0 ? "minus infinite" : "infinite";
    static const std::regex exponent(R"(e\+?(-?)0*)");  // of "1e-05" and "1.2e+05"
    return std::regex_replace(formatted("%.4g", value), exponent, "e$1");
}

std::string count(Index value) {
    std::string text = std::to_string(value);
    const std::ptrdiff_t first = value < 0 ? 1 : 0;
    for (auto at = std::ssize(text) - 3; at > first; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string counted(Index value, std::string_view noun) {
    return count(value) + ' ' + std::string(noun) + (value == 1 ? "" : "s");
}

std::string duration_text(double seconds) {
    if (!std::isfinite(seconds)) return "unknown";
    if (seconds < 9.95) return formatted("%.2g s", seconds);
    const long long whole = std::llround(seconds);
    if (whole < 60) return formatted("%lld s", whole);
    if (whole < 3600) return formatted("%lld min %lld s", whole / 60, whole % 60);
    return formatted("%lld h %lld min", whole / 3600, whole % 3600 / 60);
}

}  // namespace sae
