#include "sae/app/options.hpp"

#include <algorithm>

#include "fuzz_target.hpp"
#include "memory_file.hpp"
#include "refusal.hpp"

namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Reads the options; what they are, written as an INI file, is read as the same.
template <class Options>
void parse(const std::vector<std::string>& arguments) {
    Options options;
    sae::OptionTable table = sae::table_of(options);
    bool proceed = false;
    if (!sae::fuzz::accepts([&] { proceed = table.parse(arguments); }) || !proceed) return;
    const std::string text = table.to_ini();
    const sae::fuzz::MemoryFile config(bytes_of(text));
    Options again;
    const std::vector<std::string> reread{"--config", config.path()};
    sae::fuzz::require(sae::table_of(again).parse(reread), "settings ask for help");
    sae::fuzz::require(sae::to_ini(again) == text, "settings that are not read back");
}

}  // namespace

/// The first byte chooses the command. Then come its arguments, one a line, and after a zero byte the INI
/// file that they name; they name no other file, for it would be opened.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::span<const std::uint8_t> input(data, size);
    const int command = sae::fuzz::take_byte(input) % 4;
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    const std::size_t end = std::min(text.find('\0'), text.size());
    std::vector<std::string> arguments = lines_of(text.substr(0, end));
    std::erase_if(arguments, [](const std::string& word) { return word.starts_with("--config"); });
    const sae::fuzz::MemoryFile config(bytes_of(text.substr(std::min(end + 1, text.size()))));
    if (end < text.size()) arguments.insert(arguments.begin(), {"--config", config.path()});
    if (command == 0) parse<sae::TrainOptions>(arguments);
    if (command == 1) parse<sae::CheckGradientOptions>(arguments);
    if (command == 2) parse<sae::EvaluateOptions>(arguments);
    if (command == 3) parse<sae::ShowOptions>(arguments);
    return 0;
}
