#pragma once
#include <string>
#include <string_view>

namespace sae {

/// `text`, such as the name of a file, as UTF-8 that reports and JSON can hold: U+FFFD takes the place of
/// each byte that is not part of a well-formed character (Unicode 15, table 3-7) and of each control
/// character.
[[nodiscard]] std::string readable(std::string_view text);

}  // namespace sae
