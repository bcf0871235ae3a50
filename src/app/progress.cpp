#include "sae/app/progress.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace sae {
namespace {

constexpr double live_interval = 0.1;
constexpr double line_interval = 10;

/// 1, 2, 5, 10, 20, 50, ...
bool is_milestone(Index iteration) {
    while (iteration >= 10 && iteration % 10 == 0) iteration /= 10;
    return iteration == 1 || iteration == 2 || iteration == 5;
}

}  // namespace

Progress::Progress(std::ostream& stream, ProgressStyle style, Index max_iterations)
    : stream_(stream), style_(style), max_iterations_(max_iterations) {}

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
    const bool live = style_.live_columns > 0;
    const bool due = since_shown_ >= (live ? live_interval : line_interval);
    if (first || due || (!live && is_milestone(record.iteration))) show();
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

std::string Progress::line() const {
    std::array<char, 160> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%lld/%lld  cost %.6g  gradient %.2g  evaluations %lld",
                      static_cast<long long>(last_.iteration), static_cast<long long>(max_iterations_),
                      last_.cost.total(), last_.gradient_norm, static_cast<long long>(last_.evaluations));
    std::string line(text.data(), static_cast<std::size_t>(length));
    if (last_.iteration == 0) return line;
    const double left = pace_ * static_cast<double>(max_iterations_ - last_.iteration);
    return line + "  " + duration_text(pace_) + "/iteration  " + duration_text(left) + " left";
}

void Progress::show() {
    std::string text = line();
    live_line_ = style_.live_columns > 0;
    if (live_line_) {
        // A line that wraps could not be written anew.
        text = text.substr(0, static_cast<std::size_t>(style_.live_columns - 1));
        stream_ << '\r' << text << "\x1b[K" << std::flush;
    } else {
        stream_ << text << '\n' << std::flush;
    }
    shown_ = true;
    since_shown_ = 0;
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
