#include "sae/app/progress.hpp"

#include <numeric>
#include <utility>
#include <vector>

#include "sae/report/words.hpp"

namespace sae {

Progress::Progress(std::ostream& stream, ProgressStyle style, Index max_iterations)
    : lines_(stream, std::move(style)), max_iterations_(max_iterations) {}

Progress::~Progress() {
    finish();
}

void Progress::started(const std::string& images) {
    note("data: " + images);
}

void Progress::record(const IterationRecord& record) {
    const bool first = !any_;
    // The starting point is one evaluation, often with cold caches, and does not show the pace.
    const double weight = pace_ == 0 ? 1 : 0.1;
    if (record.iteration > 0) pace_ += weight * (record.seconds - pace_);
    since_shown_ += record.seconds;
    last_ = record;
    any_ = true;
    shown_ = false;
    const bool due = since_shown_ >= lines_.interval();
    if (first || due || (!lines_.live() && is_milestone(record.iteration))) show();
}

void Progress::note(const std::string& text) {
    if (!lines_.quiet()) lines_.print(text);
}

void Progress::warn(const std::string& text) {
    lines_.print("warning: " + text);
}

void Progress::finish() {
    if (!shown_) show();
}

/// The least important parts are left out first where the line is too long.
std::string Progress::line() const {
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
    for (const std::size_t part : {3U, 2U, 4U}) {
        if (line().size() > lines_.width() && part < parts.size()) parts[part].clear();
    }
    return line();
}

void Progress::show() {
    lines_.show({line()});
    shown_ = true;
    since_shown_ = 0;
}

}  // namespace sae
