#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "run_identity.hpp"
#include "sae/app/run_directory.hpp"
#include "sae/app/training_observer.hpp"
#include "sae/data/directory_lock.hpp"
#include "sae/data/run_log.hpp"
#include "sae/train/checkpoint.hpp"
#include "sae/train/trainer.hpp"

namespace sae {

/// What rank 0 knows when a training has ended.
struct TrainingResult {
    TrainingOutcome outcome;
    std::vector<IterationRecord> records;  ///< of the whole training, from the log
    double checkpoint_seconds = 0;         ///< for the checkpoints of this start
};

/// Rank 0's side of a training while the others serve: the start or the checkpoint, the log.
class TrainingSession {
  public:
    /// Before any other rank waits for this one: reads what the training starts from, makes the run directory
    /// and keeps other runs out of it. Throws Error. `options` and `observer` must outlive this.
    TrainingSession(const TrainOptions& options, const ImagesIdentity& images, const Shape& shape,
                    TrainingObserver& observer);

    [[nodiscard]] TrainingResult run(DistributedSpace& space);

  private:
    void find_resume();
    void open_files();
    void keep_files(std::span<const IterationRecord> records);

    const TrainOptions& options_;
    RunDirectory directory_;
    std::optional<DirectoryLock> lock_;
    std::vector<double> theta_;
    RunDescription description_;
    std::optional<ResumePoint> resume_;
    std::optional<RunLog> log_;
    TrainingObserver& observer_;
};

}  // namespace sae
