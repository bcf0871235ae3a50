#include "sae/cli/live_lines.hpp"

#include <utility>

namespace sae {

LiveLines::LiveLines(std::ostream& stream, ProgressStyle style)
    : stream_(stream), style_(std::move(style)), live_(style_.live_columns() > 0) {}

std::size_t LiveLines::width() const {
    // A line that wraps could not be rewritten.
    const int columns = live_ ? style_.live_columns() : 0;
    return columns > 0 ? static_cast<std::size_t>(columns - 1) : std::string::npos;
}

void LiveLines::show(const std::vector<std::string>& lines) {
    if (quiet()) return;
    if (!shown_.empty()) stream_ << "\x1b[" << shown_.size() << "A\r";
    if (lines.size() < shown_.size()) stream_ << "\x1b[J";
    const std::size_t most = width();
    for (const std::string& line : lines) stream_ << line.substr(0, most) << (live_ ? "\x1b[K\n" : "\n");
    stream_ << std::flush;
    if (live_) shown_ = lines;
}

void LiveLines::print(const std::string& text) {
    const std::vector<std::string> lines = shown_;
    show({});
    stream_ << text << '\n' << std::flush;
    show(lines);
}

}  // namespace sae
