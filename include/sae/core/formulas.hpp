#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <span>

#include "sae/core/hyperparameters.hpp"
#include "sae/core/shape.hpp"

/// The mathematics of the autoencoder as the literature has it (Ng, "Sparse autoencoder", CS294A lecture
/// notes, 2011; UFLDL tutorial), in Eigen, on one core: the reference that the fast evaluation is tested
/// against. Columns are examples. The start is in initialise.hpp, the numerical gradient in
/// numerical_gradient.hpp.
namespace sae::formulas {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// Columns of bytes, one after the other, divided by 255: a matrix of rows x count.
[[nodiscard]] Matrix columns(std::span<const std::uint8_t> bytes, Index rows);

/// The activations of a network for columns x.
struct Activations {
    Matrix a2;  ///< hidden x m
    Matrix a3;  ///< outputs x m
};
/// a2 = f(W1 x + b1), a3 = f(W2 a2 + b2), f(z) = 1 / (1 + exp(-z)); x is inputs x m.
[[nodiscard]] Activations feedforward(const Shape& shape, std::span<const double> theta, const Matrix& x);

/// The cost and its gradient, which is in theta's order.
struct CostAndGradient {
    CostTerms cost;
    Vector gradient;
};
/// Cost and gradient of the plain network (beta = 0) or the sparse one; x is inputs x m, y is outputs x m.
[[nodiscard]] CostAndGradient cost_and_gradient(const Shape& shape, std::span<const double> theta,
                                                const Hyperparameters& hyperparameters, const Matrix& x,
                                                const Matrix& y);

}  // namespace sae::formulas
