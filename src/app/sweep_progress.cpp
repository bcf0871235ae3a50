#include "sweep_progress.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "sae/train/lbfgs_outcome.hpp"

namespace sae {
namespace {

constexpr double live_interval = 0.1;  ///< seconds
/// Groups that have a line each: a block higher than the terminal could not be rewritten.
constexpr std::size_t most_lines = 16;

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

}  // namespace

double SweepProgress::steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

SweepProgress::SweepProgress(std::ostream& stream, ProgressStyle style, std::vector<SettingLabel> settings,
                             int groups, Index max_iterations, Clock clock)
    : stream_(stream),
      style_(std::move(style)),
      live_(style_.live_columns() > 0),
      settings_(std::move(settings)),
      groups_(static_cast<std::size_t>(groups)),
      max_iterations_(max_iterations),
      clock_(std::move(clock)),
      begin_(clock_()) {
    for (const SettingLabel& setting : settings_) {
        work_before_ += setting.done ? setting.work : 0;
        name_width_ = std::max(name_width_, setting.name.size());
    }
}

void SweepProgress::started(int group, Index setting) {
    groups_[static_cast<std::size_t>(group)] = {static_cast<std::size_t>(setting), {}};
    draw();
}

void SweepProgress::record(int group, const IterationRecord& record) {
    groups_[static_cast<std::size_t>(group)].last = record;
    if (clock_() - drawn_at_ >= live_interval) draw();
}

void SweepProgress::announce(const std::string& text) {
    if (!style_.quiet) print(text);
}

void SweepProgress::note(int group, const std::string& text) {
    announce(about(group, text));
}

void SweepProgress::warn(int group, const std::string& text) {
    print(about(group, "warning: " + text));
}

std::string SweepProgress::about(int group, const std::string& text) const {
    const Group& from = groups_[static_cast<std::size_t>(group)];
    return from.setting ? settings_[*from.setting].name + ": " + text : text;
}

void SweepProgress::ended(int group, const SettingOutcome& outcome) {
    Group& from = groups_[static_cast<std::size_t>(group)];
    SettingLabel& setting = settings_[*from.setting];
    setting.done = true;
    from = {};
    if (live_) return draw();
    // The group takes the next setting at once.
    std::string text = summary(1) + ": " + setting.name + ": " + std::string(name(outcome.status)) +
                       " after " + std::to_string(outcome.iterations) + " iterations, cost " +
                       number(outcome.cost) + ", " + duration_text(outcome.seconds);
    if (outcome.retries > 0) text += ", retries " + std::to_string(outcome.retries);
    announce(text);
}

void SweepProgress::finish() {
    if (lines_ > 0) clear();
    groups_.clear();
    draw();
    lines_ = 0;
}

Index SweepProgress::done() const {
    return std::ranges::count_if(settings_, &SettingLabel::done);
}

double SweepProgress::fraction(const Group& group) const {
    return static_cast<double>(group.last.iteration) / static_cast<double>(max_iterations_);
}

std::optional<double> SweepProgress::seconds_left() const {
    double done = -work_before_, all = -work_before_, running = 0, longest = 0;
    for (const SettingLabel& setting : settings_) {
        all += setting.work;
        done += setting.done ? setting.work : 0;
    }
    for (const Group& group : groups_) {
        if (!group.setting) continue;
        const double work = settings_[*group.setting].work;
        running += work * fraction(group);
        longest = std::max(longest, work * (1 - fraction(group)));
    }
    done += running;
    if (done <= 0) return std::nullopt;
    const double pace = (clock_() - begin_) / done;  // of all groups together
    return pace * std::max(all - done, longest * static_cast<double>(groups_.size()));
}

std::string SweepProgress::summary(Index about_to_start) const {
    const Index all = std::ssize(settings_);
    Index running = std::ranges::count_if(groups_, [](const Group& g) { return g.setting.has_value(); });
    running = std::min(running + about_to_start, all - done());
    std::string text = std::to_string(done()) + '/' + std::to_string(all) + " done, " +
                       std::to_string(running) + " running, " + std::to_string(all - done() - running) +
                       " waiting";
    if (done() == all) return text;
    const std::optional<double> left = seconds_left();
    return left ? text + ", " + duration_text(*left) + " left" : text;
}

std::string SweepProgress::line(const Group& group) const {
    if (!group.setting) return "  idle";
    const std::string& name = settings_[*group.setting].name;
    const std::string iteration = std::to_string(group.last.iteration);
    const std::string most = std::to_string(max_iterations_);
    std::string text = "  " + name + std::string(name_width_ - name.size() + 2, ' ') +
                       std::string(most.size() - iteration.size(), ' ') + iteration + '/' + most;
    if (group.last.evaluations > 0) text += "  cost " + number(group.last.cost.total());
    return text;
}

void SweepProgress::clear() {
    if (lines_ > 0) stream_ << "\x1b[" << lines_ << "A\r\x1b[J";
    lines_ = 0;
}

void SweepProgress::print(const std::string& text) {
    clear();
    stream_ << text << '\n' << std::flush;
    draw();
}

void SweepProgress::draw() {
    if (style_.quiet || !live_) return;
    const int columns = style_.live_columns();
    std::string block;
    const int before = lines_;
    lines_ = 0;
    const auto add = [&](const std::string& text) {
        block += cut_to(columns, text) + "\x1b[K\n";
        ++lines_;
    };
    add(summary());
    const std::size_t shown = std::min(groups_.size(), most_lines);
    for (std::size_t g = 0; g < shown; ++g) add(line(groups_[g]));
    if (shown < groups_.size()) add("  and " + std::to_string(groups_.size() - shown) + " more groups");
    if (before > 0) stream_ << "\x1b[" << before << "A\r";
    stream_ << block << std::flush;
    drawn_at_ = clock_();
}

}  // namespace sae
