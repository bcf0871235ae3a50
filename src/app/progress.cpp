#include "sae/app/progress.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <utility>
#include <vector>

namespace sae {
namespace {

constexpr double live_interval = 0.1;
constexpr double line_interval = 10;

/// 1, 2, 5, 10, 20, 50, ...
bool is_milestone(Index iteration) {
    while (iteration >= 10 && iteration % 10 == 0) iteration /= 10;
    return iteration == 1 || iteration == 2 || iteration == 5;
}

std::string formatted(const char* pattern, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), pattern, value);
    return text.data();
}

}  // namespace

Progress::Progress(std::ostream& stream, ProgressStyle style, Index max_iterations)
    : stream_(stream),
      style_(std::move(style)),
      live_(style_.live_columns() > 0),
      max_iterations_(max_iterations) {}

Progress::~Progress() {
    Progress::finish();
}

void Progress::started(const std::string& images) {
    note("data: " + images);
}

void Progress::record(const IterationRecord& record) {
    if (style_.quiet) return;
    const bool first = !any_;
    // The starting point is one evaluation, often with cold caches: no measure of the pace.
    const double weight = pace_ == 0 ? 1 : 0.1;
    if (record.iteration > 0) pace_ += weight * (record.seconds - pace_);
    since_shown_ += record.seconds;
    last_ = record;
    any_ = true;
    shown_ = false;
    const bool due = since_shown_ >= (live_ ? live_interval : line_interval);
    if (first || due || (!live_ && is_milestone(record.iteration))) show();
}

void Progress::note(const std::string& text) {
    if (!style_.quiet) print(text);
}

void Progress::warn(const std::string& text) {
    print("warning: " + text);
}

void Progress::print(const std::string& text) {
    if (live_line_) stream_ << "\r\x1b[K";
    stream_ << text << '\n' << std::flush;
    if (live_line_) show();
}

void Progress::finish() {
    if (!shown_) show();
    if (live_line_) stream_ << '\n' << std::flush;
    live_line_ = false;
}

/// In at most so many characters if possible: the least important parts are left out first.
std::string Progress::line(std::size_t most) const {
    std::vector<std::string> parts{
        std::to_string(last_.iteration) + '/' + std::to_string(max_iterations_),
        formatted("  cost %.6g", last_.cost.total()),
        formatted("  gradient %.2g", last_.gradient_norm),
        "  evaluations " + std::to_string(last_.evaluations),
    };
    if (last_.iteration > 0) {
        const double left = pace_ * static_cast<double>(max_iterations_ - last_.iteration);
        parts.push_back("  " + duration_text(pace_) + "/iteration");
        parts.push_back("  " + duration_text(left) + " left");
    }
    const auto line = [&] { return std::accumulate(parts.begin(), parts.end(), std::string()); };
    constexpr std::array<std::size_t, 3> least_first{3, 2, 4};
    for (const std::size_t part : least_first) {
        if (line().size() > most && part < parts.size()) parts[part].clear();
    }
    return line();
}

void Progress::show() {
    live_line_ = live_;
    if (live_) {
        const int columns = style_.live_columns();
        const std::size_t most = columns > 0 ? static_cast<std::size_t>(columns - 1) : std::string::npos;
        stream_ << '\r' << cut_to(columns, line(most)) << "\x1b[K" << std::flush;
    } else {
        stream_ << line(std::string::npos) << '\n' << std::flush;
    }
    shown_ = true;
    since_shown_ = 0;
}

std::string cut_to(int columns, const std::string& text) {
    return columns > 0 ? text.substr(0, static_cast<std::size_t>(columns - 1)) : text;
}

std::string duration_text(double seconds) {
    std::array<char, 48> text{};
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (seconds < 9.95) {
        std::snprintf(text.data(), text.size(), "%.2g s", seconds);
    } else if (whole < 60) {
        std::snprintf(text.data(), text.size(), "%lld s", whole);
    } else if (whole < 3600) {
        std::snprintf(text.data(), text.size(), "%lld min %lld s", whole / 60, whole % 60);
    } else {
        std::snprintf(text.data(), text.size(), "%lld h %lld min", whole / 3600, whole % 3600 / 60);
    }
    return text.data();
}

}  // namespace sae
