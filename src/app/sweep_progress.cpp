#include "sweep_progress.hpp"

#include <algorithm>
#include <chrono>

#include "sae/report/words.hpp"

namespace sae {
namespace {

/// Groups that have a line each: a block higher than the terminal could not be rewritten.
constexpr std::size_t most_lines = 16;

}  // namespace

double SweepProgress::steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

SweepProgress::SweepProgress(std::ostream& stream, ProgressStyle style, std::vector<SettingLabel> settings,
                             int groups, Index max_iterations, Clock clock)
    : lines_(stream, std::move(style)),
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
    if (clock_() - drawn_at_ >= lines_.interval()) draw();
}

void SweepProgress::announce(const std::string& text) {
    if (!lines_.quiet()) lines_.print(text);
}

void SweepProgress::remark(int group, RemarkKind kind, const std::string& text) {
    Group& from = groups_[static_cast<std::size_t>(group)];
    if (kind == RemarkKind::end) return end(from, text);
    const std::string about = from.setting ? settings_[*from.setting].name + ": " : "";
    kind == RemarkKind::warning ? lines_.print(about + "warning: " + text) : announce(about + text);
}

void SweepProgress::end(Group& group, const std::string& text) {
    SettingLabel& setting = settings_[*group.setting];
    setting.done = true;
    group = {};
    if (lines_.live()) return draw();
    // The group takes the next setting at once.
    announce(summary(1) + ": " + setting.name + ": " + text);
}

void SweepProgress::finish() {
    groups_.clear();
    draw();
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
    if (group.last.evaluations > 0) text += formatted("  cost %.6g", group.last.cost.total());
    return text;
}

void SweepProgress::draw() {
    if (!lines_.live()) return;
    std::vector<std::string> block{summary()};
    const std::size_t shown = std::min(groups_.size(), most_lines);
    for (std::size_t g = 0; g < shown; ++g) block.push_back(line(groups_[g]));
    if (shown < groups_.size())
        block.push_back("  and " + std::to_string(groups_.size() - shown) + " more groups");
    lines_.show(block);
    drawn_at_ = clock_();
}

}  // namespace sae
