#include "sae/cli/ini_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sae/cli/number_text.hpp"
#include "sae/core/error.hpp"

namespace sae {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool in_quotes(std::string_view text) {
    return text.size() >= 2 && text.front() == '"' && text.back() == '"';
}

IniEntry parse_line(std::string_view line, const std::string& where, int number) {
    const std::size_t equals = line.find('=');
    if (line.front() == '[') {
        throw UsageError(where + "sections are not used; expected \"option = value\", found " +
                         excerpt(line));
    }
    if (equals == std::string_view::npos || equals == 0) {
        throw UsageError(where + "expected \"option = value\" or a comment, found " + excerpt(line));
    }
    std::string_view value = trimmed(line.substr(equals + 1));
    if (in_quotes(value)) value = value.substr(1, value.size() - 2);
    return {std::string(trimmed(line.substr(0, equals))), std::string(value), number};
}

}  // namespace

std::vector<IniEntry> parse_ini(std::string_view text, const std::string& file) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    std::vector<IniEntry> entries;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        const std::string where = file + ':' + std::to_string(number) + ": ";
        IniEntry entry = parse_line(line, where, number);
        const auto first =
            std::ranges::find_if(entries, [&](const IniEntry& other) { return other.key == entry.key; });
        if (first != entries.end()) {
            throw UsageError(where + excerpt(entry.key) + " is already on line " +
                             std::to_string(first->line) + "; remove one of the two");
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<IniEntry> read_ini(const std::string& file) {
    constexpr std::uintmax_t largest = 1 << 20;
    std::error_code problem;
    if (std::filesystem::is_directory(file, problem)) {
        throw UsageError("--config " + file + ": is a directory; expected an INI file");
    }
    // Anything else, such as a named pipe, could make the reader wait for ever.
    if (std::filesystem::exists(file, problem) && !std::filesystem::is_regular_file(file, problem)) {
        throw UsageError("--config " + file + ": is not a regular file; expected an INI file");
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw UsageError("--config " + file + ": cannot be opened: " + std::strerror(errno));
    std::string text(largest + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) throw UsageError("--config " + file + ": cannot be read");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > largest) {
        throw UsageError("--config " + file + ": is larger than 1 MiB; expected an INI file");
    }
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        throw UsageError("--config " + file + ": is UTF-16; save it as UTF-8");
    return parse_ini(text, file);
}

std::string ini_line(std::string_view key, std::string_view value) {
    const bool as_it_is = trimmed(value) == value && !in_quotes(value);
    const std::string quote(as_it_is ? "" : "\"");
    return std::string(key) + " = " + quote + std::string(value) + quote + '\n';
}

}  // namespace sae
