#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sae/app/shard_columns.hpp"
#include "sae/core/evaluation.hpp"

namespace sae {

/// Results of a trained model that are not part of its cost.
struct FinalFigures {
    std::vector<double> mean_activations;  ///< rho_hat_j over the training images
    std::optional<double> train_error;     ///< mean of 1/2 ||a3 - x||^2
    std::optional<double> test_error;
    std::string test_description;
};

/// Collective: applies `theta` (of rank 0; the others' is ignored) to the training and, if `test` is not
/// null, the test images.
[[nodiscard]] FinalFigures final_figures(const mpi::Communicator& comm, const ShardedImages& train,
                                         const ShardedImages* test, std::span<const double> theta,
                                         const EvaluationSettings& settings);

}  // namespace sae
