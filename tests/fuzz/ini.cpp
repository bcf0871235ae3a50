#include <algorithm>

#include "fuzz_target.hpp"
#include "refusal.hpp"
#include "sae/cli/ini_file.hpp"

/// The text of an INI file. What it says, written again, is read as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<sae::IniEntry> entries;
    if (!sae::fuzz::accepts([&] { entries = sae::parse_ini(text, "run.ini"); })) return 0;
    std::string again;
    for (const sae::IniEntry& entry : entries) again += sae::ini_line(entry.key, entry.value);
    const std::vector<sae::IniEntry> reread = sae::parse_ini(again, "run.ini");
    const auto same = [](const sae::IniEntry& a, const sae::IniEntry& b) {
        return a.key == b.key && a.value == b.value;
    };
    sae::fuzz::require(std::ranges::equal(entries, reread, same), "an INI text that is not read back");
    return 0;
}
