#pragma once
#include <string>
#include <string_view>

#include "sae/core/shape.hpp"

namespace sae {

/// As std::printf writes it, up to 255 characters.
[[nodiscard, gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...);

/// Four significant digits, "1.834", "2.5e-6"; "infinite" or "not a number" in words.
[[nodiscard]] std::string number(double value);

/// With a comma at every third digit: "10,000".
[[nodiscard]] std::string count(Index value);

/// "1 rank", "2 ranks".
[[nodiscard]] std::string counted(Index value, std::string_view noun);

/// A time for people: "0.35 s", "42 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace sae
