#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sae/core/lbfgs_status.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Four significant digits, "1.834", "2.5e-6"; "infinite" or "not a number" in words.
[[nodiscard]] std::string number(double value);

/// As number(), or a dash.
[[nodiscard]] std::string number(const std::optional<double>& value);

/// The shortest text that reads back as the same double.
[[nodiscard]] std::string exact(double value);

/// With a comma at every third digit: "10,000".
[[nodiscard]] std::string count(Index value);

/// "1 unit", "2 units".
[[nodiscard]] std::string count(Index value, std::string_view noun);

/// A part of a whole in whole per cent; "under 1 %" and "over 99 %" where rounding would say none or all.
[[nodiscard]] std::string share(Index part, Index all);

/// A time for people: "4.2 s", "3 min 5 s", "2 h 10 min".
[[nodiscard]] std::string duration(double seconds);

/// A relative path as the value of href: whatever could end it or make it something else is percent-encoded.
[[nodiscard]] std::string relative_url(std::string_view path);

/// RFC 4648, section 4.
[[nodiscard]] std::string base64(const std::vector<std::byte>& bytes);

/// How a training ended: "converged", "iteration limit", ...
[[nodiscard]] std::string status_words(LbfgsStatus status);

}  // namespace sae
