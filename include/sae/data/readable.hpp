#pragma once
#include <string>
#include <string_view>

namespace sae {

/// `text`, such as the name of a file, as UTF-8 that reports and JSON can hold. Each control character, and
/// each byte that is not part of a well-formed character (Unicode 15, table 3-7), becomes U+FFFD.
[[nodiscard]] std::string readable(std::string_view text);

}  // namespace sae
