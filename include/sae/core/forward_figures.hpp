#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/evaluation.hpp"

namespace sae {

/// Figures of a network on columns (images) that may not be those it was trained on.
struct ForwardFigures {
    double error = 0;                      ///< mean of 1/2 ||a3 - x||^2; infinite if an output is not finite
    std::vector<double> mean_activations;  ///< rho_hat_j
};

/// Of the `all` cores that see the same columns, those of this rank: [first, first + its threads).
struct CoreShare {
    int first = 0;
    int all = 1;
};

/// The sums that the figures are made of, over this rank's share of `columns`, at `theta` (shape.size()
/// numbers). They are integers, to be added up over the ranks element by element; their number depends on
/// shape.hidden alone. `columns` are both inputs and targets; the threads of settings.crew are the cores of
/// `share`. This takes two of the five products of an Evaluation, and gives the same cost and mean
/// activations bit for bit.
[[nodiscard]] std::vector<std::int64_t> forward_sums(const EvaluationSettings& settings,
                                                     const ColumnTiles& columns,
                                                     std::span<const double> theta, const CoreShare& share);

/// The figures of a network of `hidden` units from the sums of forward_sums() over all ranks.
[[nodiscard]] ForwardFigures forward_figures(Index hidden, const Tiling& tiling,
                                             std::span<const std::int64_t> sums);

}  // namespace sae
