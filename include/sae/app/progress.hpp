#pragma once
#include <string>

#include "sae/app/training_observer.hpp"
#include "sae/cli/live_lines.hpp"

namespace sae {

/// Shows a training's progress on a stream. On a terminal one live line; elsewhere a line for the first
/// record it sees, for the milestones, at least every 10 seconds, and for the last.
class Progress final : public TrainingObserver {
  public:
    /// `stream` must outlive it. `max_iterations` is where the training ends at the latest.
    Progress(std::ostream& stream, ProgressStyle style, Index max_iterations);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    /// As finish().
    ~Progress() override;

    void started(const std::string& images) override;
    void record(const IterationRecord& record) override;
    void note(const std::string& text) override;
    void warn(const std::string& text) override;
    /// Shows the last record if it has not been shown.
    void finish();

  private:
    [[nodiscard]] std::string line() const;
    void show();

    LiveLines lines_;
    Index max_iterations_;
    IterationRecord last_;
    double pace_ = 0;         ///< seconds an iteration, an exponential moving average
    double since_shown_ = 0;  ///< seconds
    bool any_ = false;
    bool shown_ = true;  ///< whether last_ has been shown
};

}  // namespace sae
