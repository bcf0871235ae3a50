#include "made_by.hpp"

#include <array>
#include <ctime>
#include <fstream>
#include <map>

#include "sae/app/version.hpp"
#include "sae/cli/shell_words.hpp"
#include "sae/core/arithmetic.hpp"
#include "sae/core/error.hpp"
#include "sae/core/kernels.hpp"
#include "sae/mpi/placement.hpp"
#include "sae/report/words.hpp"

namespace sae {
namespace {

std::string kernels_here() {
    try {
        return std::string(best_kernels().name);
    } catch (const Error&) {
        return "none";  // a program that collects results needs none
    }
}

/// "a (2 ranks), b (1 rank)" of the ranks' texts, each once; only the text if there is one, and the first ten
/// if there are many.
std::string listed(const std::vector<std::string>& texts) {
    constexpr int most = 10;
    std::map<std::string, Index> ranks;
    for (const std::string& text : texts) ++ranks[text];
    if (ranks.size() == 1) return texts.front();
    std::string list;
    int shown = 0;
    for (const auto& [text, number] : ranks) {
        if (shown++ == most) return list + " and " + std::to_string(ranks.size() - most) + " more";
        list += (list.empty() ? "" : ", ") + text + " (" + counted(number, "rank") + ')';
    }
    return list;
}

std::string time_now() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
    return text.data();
}

/// This process's command line, by Linux; empty elsewhere.
std::string command_line() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
    return shell_words(words);
}

}  // namespace

NamedValues made_by(const mpi::Communicator& comm, int threads) {
    NamedValues values{
        {"program",
         "sae-mpi " + program_version() + ", arithmetic version " + std::to_string(arithmetic_version)},
        {"ranks and threads", counted(comm.size(), "rank") + " x " + counted(threads, "thread")},
        {"hosts", listed(comm.all_gather_text(mpi::this_place().host.data()))},
        {"kernels", listed(comm.all_gather_text(kernels_here()))},
        {"started", time_now()}};
    const std::string command = command_line();
    if (!command.empty()) values.emplace_back("command", command);
    return values;
}

}  // namespace sae
