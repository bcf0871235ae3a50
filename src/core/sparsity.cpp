#include "sae/core/sparsity.hpp"

#include <cmath>
#include <cstddef>

namespace sae {

namespace {

double kullback_leibler(double p, double q) {
    return p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
}

}  // namespace

double sparsity_cost(const Hyperparameters& hyperparameters, std::span<const double> rho_hat,
                     std::span<double> derivative) {
    const double rho = hyperparameters.rho;
    double sum = 0;
    for (std::size_t j = 0; j < rho_hat.size(); ++j) {
        sum += kullback_leibler(rho, rho_hat[j]);
        derivative[j] = hyperparameters.beta * (-rho / rho_hat[j] + (1 - rho) / (1 - rho_hat[j]));
    }
    return hyperparameters.beta * sum;
}

}  // namespace sae
