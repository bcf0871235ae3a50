#pragma once
#include <span>

#include "sae/core/hyperparameters.hpp"

namespace sae {

/// Returns the sparsity term beta sum_j KL(rho || rho_hat_j) and stores its derivative by each rho_hat_j,
/// beta (-rho / rho_hat_j + (1 - rho) / (1 - rho_hat_j)), in `derivative`.
/// KL(p || q) = p log(p / q) + (1 - p) log((1 - p) / (1 - q)) is the divergence of two coins (Ng, CS294A
/// lecture notes, 2011, section 3). Term and derivative are infinite where a rho_hat_j is 0 or 1.
double sparsity_cost(const Hyperparameters& hyperparameters, std::span<const double> rho_hat,
                     std::span<double> derivative);

}  // namespace sae
