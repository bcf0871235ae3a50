#pragma once
#include "sae/core/hyperparameters.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// One completed iteration of the optimiser, for log and progress.
struct IterationRecord {
    Index iteration = 0;       ///< completed line searches since the start of the training; 0 is the start
    Index evaluations = 0;     ///< evaluations of cost and gradient since the start of the training
    CostTerms cost;            ///< at the new point
    double gradient_norm = 0;  ///< Euclidean norm of the gradient at the new point
    double step = 0;           ///< length of the step in units of the search direction
    double seconds = 0;        ///< wall time of this iteration; not reproducible
};

/// Whether `iteration` is 1, 2 or 5 times a power of ten. These are shown where all would be too many.
[[nodiscard]] inline bool is_milestone(Index iteration) {
    while (iteration >= 10 && iteration % 10 == 0) iteration /= 10;
    return iteration == 1 || iteration == 2 || iteration == 5;
}

}  // namespace sae
