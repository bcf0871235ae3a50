#pragma once

namespace sae {

/// The coefficients of the objective (Ng, "Sparse autoencoder", CS294A lecture notes, 2011).
struct Hyperparameters {
    double lambda = 1e-4;  ///< weight of lambda/2 (||W1||^2 + ||W2||^2)
    double rho = 0.05;     ///< wanted mean activation of a hidden unit, in (0, 1)
    double beta = 0;       ///< weight of the Kullback-Leibler sparsity term; 0 is the plain autoencoder

    /// Whether there is a sparsity term. The gradient then takes a second pass over the data.
    [[nodiscard]] constexpr bool sparse() const { return beta != 0; }

    friend constexpr bool operator==(const Hyperparameters&, const Hyperparameters&) = default;
};

/// The three terms of the objective at one theta, each with its coefficient already applied.
struct CostTerms {
    double reconstruction = 0;
    double weight_decay = 0;
    double sparsity = 0;

    [[nodiscard]] constexpr double total() const { return reconstruction + weight_decay + sparsity; }

    friend constexpr bool operator==(const CostTerms&, const CostTerms&) = default;
};

}  // namespace sae
