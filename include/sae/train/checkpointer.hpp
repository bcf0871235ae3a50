#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "sae/train/checkpoint.hpp"
#include "sae/train/checkpoint_schedule.hpp"

namespace sae {

/// Where and how a run saves itself.
struct CheckpointerSettings {
    std::string directory;
    Metadata identity;           ///< see RunDescription
    std::optional<Index> every;  ///< iterations between checkpoints; if not given, by time
    /// Called before a save, to make permanent what else was written up to this iteration.
    std::function<void()> before_save = [] {};
    /// Called with a message if a checkpoint could not be written; the run continues.
    std::function<void(const std::string&)> warn = [](const std::string&) {};
};

/// Saves a run's checkpoints by schedule, on rank 0, and keeps the last two: the hook
/// TrainingHooks::on_checkpoint.
class Checkpointer {
  public:
    static constexpr std::size_t kept = 2;

    /// Removes temporary files of killed saves from the directory. `saved` is the iteration of the checkpoint
    /// from which the run continues.
    Checkpointer(CheckpointerSettings settings, std::optional<Index> saved,
                 FileSystem& file_system = posix_file_system());

    /// After a completed iteration that is not saved yet: saves if it is time, if `now`, or if the run has
    /// ended, because it may be continued later with more iterations. If that fails, it warns, because the
    /// run can continue and older checkpoints are still there; with `now` it throws Error.
    void operator()(const Lbfgs& optimiser, DistributedSpace& space, bool now);

    /// Seconds that checkpoints took.
    [[nodiscard]] double seconds() const { return schedule_ ? schedule_->spent() : 0; }

  private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] double elapsed() const;
    void save(const LbfgsState& state, DistributedSpace& space);

    CheckpointerSettings settings_;
    FileSystem& file_system_;
    std::optional<Index> saved_;
    std::optional<CheckpointSchedule> schedule_;
    Clock::time_point start_ = Clock::now();
};

}  // namespace sae
