#pragma once
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "sae/cli/live_lines.hpp"
#include "sae/core/iteration_record.hpp"

namespace sae {

/// What is said of the setting that a group has.
enum class RemarkKind {
    note,
    warning,  ///< a problem that does not end the sweep: shown even if quiet
    end,      ///< the setting has a result; the text says what came of it
};

/// A setting as the progress sees it.
struct SettingLabel {
    std::string name;
    double work = 1;    ///< in any unit
    bool done = false;  ///< before this start of the program
};

/// Shows a sweep's progress on a stream: on a terminal a block that is rewritten, with a line for the
/// whole and a line for each group; elsewhere a line when a setting ends.
class SweepProgress {
  public:
    using Clock = std::function<double()>;  ///< seconds

    /// `stream` must outlive it.
    SweepProgress(std::ostream& stream, ProgressStyle style, std::vector<SettingLabel> settings, int groups,
                  Index max_iterations, Clock clock = steady_seconds);

    /// A remark on the whole.
    void announce(const std::string& text);
    /// A group takes a setting.
    void started(int group, Index setting);
    /// A completed iteration of the setting that a group has.
    void record(int group, const IterationRecord& record);
    /// A remark on the setting that a group has.
    void remark(int group, RemarkKind kind, const std::string& text);
    /// The end of the sweep: the block is no longer rewritten.
    void finish();

    /// The settings that have a result.
    [[nodiscard]] Index done() const;
    /// "3/17 done, 2 running, 12 waiting, 42 s left"; those that are about to start count as running.
    [[nodiscard]] std::string summary(Index about_to_start = 0) const;

    [[nodiscard]] static double steady_seconds();

  private:
    struct Group {
        std::optional<std::size_t> setting;
        IterationRecord last;
    };

    [[nodiscard]] double fraction(const Group& group) const;
    [[nodiscard]] std::optional<double> seconds_left() const;
    [[nodiscard]] std::string line(const Group& group) const;
    void end(Group& group, const std::string& text);
    void draw();

    LiveLines lines_;
    std::vector<SettingLabel> settings_;
    std::vector<Group> groups_;
    Index max_iterations_;
    Clock clock_;
    double begin_;
    double drawn_at_ = 0;
    double work_before_ = 0;  ///< of the settings that were done at the start
    std::size_t name_width_ = 0;
};

}  // namespace sae
