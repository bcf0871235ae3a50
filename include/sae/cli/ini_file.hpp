#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sae {

/// One `key = value` of an INI file.
struct IniEntry {
    std::string key;
    std::string value;
    int line = 0;  ///< counted from 1
};

/// The entries of an INI text in their order. A byte order mark of UTF-8 before the first is skipped. A line
/// is empty, a comment (its first character that is not blank is '#' or ';') or `key = value`, both without
/// the blanks around them; a value in double quotes keeps its blanks. Throws UsageError, naming `file` and
/// line, for any other line, a section, a key that occurs twice and an empty key.
[[nodiscard]] std::vector<IniEntry> parse_ini(std::string_view text, const std::string& file);

/// The entries of an INI file of at most 1 MiB. Throws UsageError if it cannot be read.
[[nodiscard]] std::vector<IniEntry> read_ini(const std::string& file);

/// `key = value` as parse_ini reads it back; the value has no line break.
[[nodiscard]] std::string ini_line(std::string_view key, std::string_view value);

}  // namespace sae
