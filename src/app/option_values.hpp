#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sae/app/option_table.hpp"

namespace sae {

// What the value of an option may be, and how it is read from the command line or an INI file.

/// The range in words that complete "expected ...".
[[nodiscard]] std::string describe(WholeNumbers range);
[[nodiscard]] std::string describe(RealNumbers range);

/// The whole of `text` as a number in the range, or nothing.
[[nodiscard]] std::optional<Index> read_in(WholeNumbers range, std::string_view text);
[[nodiscard]] std::optional<double> read_in(RealNumbers range, std::string_view text);

/// What read_path() takes, in words that complete "expected ...".
inline constexpr const char* path_words = "a path, not empty and without control characters";

/// A path: not empty and without control characters, which an INI file could not give back.
[[nodiscard]] std::optional<std::string> read_path(std::string_view text);

[[nodiscard]] std::optional<Precision> read_precision(std::string_view text);

/// "true" or "false".
[[nodiscard]] std::optional<bool> read_switch(std::string_view text);

}  // namespace sae
