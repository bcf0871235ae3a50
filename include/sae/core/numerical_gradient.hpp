#pragma once
#include <functional>
#include <span>
#include <vector>

namespace sae {

/// The gradient of `cost` at `theta` by central differences, (J(theta + epsilon e_i) - J(theta - epsilon
/// e_i)) / (2 epsilon): two evaluations for each element. Meanwhile `theta` is changed; afterwards it has the
/// same bits as before.
[[nodiscard]] std::vector<double> numerical_gradient(
    const std::function<double(std::span<const double>)>& cost, std::span<double> theta,
    double epsilon = 1e-4);

/// The difference of two gradients.
struct GradientDifference {
    double largest = 0;   ///< max_i |a_i - b_i|
    double relative = 0;  ///< ||a - b|| / ||a + b||
};
[[nodiscard]] GradientDifference compare_gradients(std::span<const double> a, std::span<const double> b);

}  // namespace sae
