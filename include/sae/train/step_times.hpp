#pragma once
#include "sae/core/phase_times.hpp"

namespace sae {

/// What a rank does for a step of L-BFGS, in addition to the phases of its evaluations.
enum class StepPhase : std::size_t {
    command,    ///< broadcast of the next command; on all ranks but 0 also the wait for it
    trial,      ///< x + t d and its norm
    gather,     ///< all-gather of theta
    evaluate,   ///< this rank's tiles: the phases of Evaluation
    reduce,     ///< wait for the gradient's sums of the other nodes
    gradient,   ///< from integers to the gradient's slice, its norm and slope
    sums,       ///< all-reduce of the cost's terms
    push,       ///< the new pair into the history: one pass over it
    direction,  ///< the direction from the history: one pass over it
    dots,       ///< all-reduce of the history's dot products, broadcast of the coefficients
};
inline constexpr std::size_t step_phase_count = 10;
inline constexpr std::array<std::string_view, step_phase_count> step_phase_names = {
    "command",       "trial x",     "gather theta", "evaluate",  "wait for gradient",
    "gradient, g d", "sum of cost", "push pair",    "direction", "sum of dot products"};

/// Whether a phase belongs to the evaluations; the others are the step itself.
[[nodiscard]] constexpr bool of_evaluation(StepPhase phase) {
    return phase >= StepPhase::trial && phase <= StepPhase::sums;
}

/// Seconds spent in each.
using StepTimes = TimesOf<StepPhase, step_phase_count>;

}  // namespace sae
