#include "sae/core/sparsity.hpp"

#include <cstddef>

#include "sae/core/logarithm.hpp"

namespace sae {

namespace {

double kullback_leibler(double p, double q) {
    const double on = p * logarithm(p / q);
    const double off = (1 - p) * logarithm((1 - p) / (1 - q));
    return on + off;
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
