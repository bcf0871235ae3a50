#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "sae/core/shape.hpp"

namespace sae {

/// The whole of `text` as a decimal integer: digits with a '-' before them if T is signed. No spaces, no '+',
/// no exponent ("1e3"), whatever the locale; nothing if it is not one or does not fit.
template <std::integral T>
[[nodiscard]] std::optional<T> read_integer(std::string_view text);

/// The whole of `text` as a finite decimal number ("0.05", "1e-4"). Nothing for "nan", "inf", hexadecimals, a
/// decimal comma, trailing characters or a number beyond a double's range ("1e400", "1e-400").
[[nodiscard]] std::optional<double> read_real(std::string_view text);

/// `text` in quotes for a message: shortened if long, with "\x0a" for a line break and likewise for each
/// other control character.
[[nodiscard]] std::string excerpt(std::string_view text);

}  // namespace sae
