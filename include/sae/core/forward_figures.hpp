#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/evaluation.hpp"

namespace sae {

/// What a network makes of columns, beyond the cost that it was trained for.
struct ForwardFigures {
    double error = 0;                      ///< mean of 1/2 ||a3 - x||^2; infinite if an output is not finite
    std::vector<double> mean_activations;  ///< rho_hat_j
};

/// The cores that have the same columns, and which of them are a rank's: [first, first + its threads).
struct CoreShare {
    int first = 0;
    int all = 1;
};

/// The sums that the figures are made of, over this rank's share of `columns`, at `theta` (shape.size()
/// numbers): two of the five products of an Evaluation, whose cost and mean activations they give bit for
/// bit. Integers, to be added up over the ranks element by element; their number depends on shape.hidden
/// alone. `columns` are both inputs and targets; the threads of settings.crew are the cores of `share`.
[[nodiscard]] std::vector<std::int64_t> forward_sums(const EvaluationSettings& settings,
                                                     const ColumnTiles& columns,
                                                     std::span<const double> theta, const CoreShare& share);

/// The figures of a network of `hidden` units from the sums over all ranks.
[[nodiscard]] ForwardFigures forward_figures(Index hidden, const Tiling& tiling,
                                             std::span<const std::int64_t> sums);

}  // namespace sae
