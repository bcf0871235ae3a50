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

/// Functions that a training calls on rank 0 after each completed iteration, iteration 0 of a new run
/// included.
struct TrainingHooks {
    std::function<void(const IterationRecord&, const LbfgsStep&)> on_iteration;
    /// Saves a checkpoint if it is time or if `now`.
    std::function<void(const Lbfgs&, DistributedSpace&, bool now)> on_checkpoint;
};

/// Where a training starts: at theta or, if there is a state of a checkpoint, at the vectors that the space
/// has.
struct TrainingStart {
    std::span<const double> theta;
    std::optional<LbfgsState> state;
};

/// Minimises the objective of `space`, on rank 0 while the other ranks serve. If the run is interrupted, it
/// calls on_checkpoint with `now` for its last completed iteration, if there is one, before it returns.
[[nodiscard]] TrainingOutcome run_training(DistributedSpace& space, const LbfgsSettings& settings,
                                           const TrainingStart& start, const TrainingHooks& hooks);

}  // namespace sae
