#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "sae/core/iteration_record.hpp"
#include "sae/train/distributed_space.hpp"
#include "sae/train/lbfgs.hpp"

namespace sae {

/// How a training ended, on rank 0.
struct TrainingOutcome {
    LbfgsStep last;             ///< status interrupted if the run was asked to stop
    std::vector<double> theta;  ///< the best point; empty if interrupted before the first evaluation ended
};

/// What happens during a training, on rank 0; each is called after a completed iteration, 0 included unless
/// the run was resumed.
struct TrainingHooks {
    std::function<void(const IterationRecord&, const LbfgsStep&)> on_iteration;
    /// Saves if it is time, or if `now`.
    std::function<void(const Lbfgs&, DistributedSpace&, bool now)> on_checkpoint;
};

/// Where a training starts: at theta, or where a checkpoint left it (the space holding its vectors).
struct TrainingStart {
    std::span<const double> theta;
    std::optional<LbfgsState> state;
};

/// Minimises the objective of `space` on rank 0, while the other ranks serve. An interrupted run has called
/// on_checkpoint with `now` for its last completed iteration, if there is one.
[[nodiscard]] TrainingOutcome run_training(DistributedSpace& space, const LbfgsSettings& settings,
                                           const TrainingStart& start, const TrainingHooks& hooks);

}  // namespace sae
