#pragma once
#include <span>

#include "sae/core/hyperparameters.hpp"

namespace sae {

/// KL(p || q) = p log(p / q) + (1 - p) log((1 - p) / (1 - q)), the divergence of two coins; infinite for q =
/// 0 or 1 and 0 < p < 1. The sparsity term of Ng, CS294A lecture notes (2011), section 3.
[[nodiscard]] double kullback_leibler(double p, double q);

/// beta sum_j KL(rho || rho_hat_j), and its derivative by each rho_hat_j into `derivative`:
/// beta (-rho / rho_hat_j + (1 - rho) / (1 - rho_hat_j)). Both infinite where a rho_hat_j is 0 or 1.
double sparsity_cost(const Hyperparameters& hyperparameters, std::span<const double> rho_hat,
                     std::span<double> derivative);

}  // namespace sae
