#include "sae/core/numerical_gradient.hpp"

#include <Eigen/Core>
#include <cassert>

namespace sae {

std::vector<double> numerical_gradient(const std::function<double(std::span<const double>)>& cost,
                                       std::span<double> theta, double epsilon) {
    std::vector<double> gradient(theta.size());
    for (std::size_t i = 0; i < theta.size(); ++i) {
        const double here = theta[i];
        theta[i] = here + epsilon;
        const double above = cost(theta);
        theta[i] = here - epsilon;
        const double below = cost(theta);
        theta[i] = here;
        gradient[i] = (above - below) / (2 * epsilon);
    }
    return gradient;
}

GradientDifference compare_gradients(std::span<const double> a, std::span<const double> b) {
    assert(a.size() == b.size());
    const auto n = static_cast<Eigen::Index>(a.size());
    const Eigen::Map<const Eigen::VectorXd> first(a.data(), n), second(b.data(), n);
    const Eigen::VectorXd difference = first - second;
    if (n == 0 || difference.cwiseAbs().maxCoeff() == 0) return {};
    return {difference.cwiseAbs().maxCoeff(), difference.norm() / (first + second).norm()};
}

}  // namespace sae
