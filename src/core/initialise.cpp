#include "sae/core/initialise.hpp"

#include <cmath>

#include "sae/core/random.hpp"

namespace sae {

namespace {

/// Of the generator; the built-in digits draw from others.
constexpr std::uint64_t theta_stream = 0;

double initial_value(const Shape& shape, std::uint64_t seed, Index index) {
    if (index >= shape.b1()) return 0;
    const Index fans = shape.hidden + (index < shape.w2() ? shape.inputs : shape.outputs);
    const double r = std::sqrt(6 / static_cast<double>(fans + 1));
    return r * (2 * uniform(seed, theta_stream, static_cast<std::uint64_t>(index)) - 1);
}

}  // namespace

std::vector<double> initial_theta(const Shape& shape, std::uint64_t seed) {
    std::vector<double> theta(static_cast<std::size_t>(shape.size()));
    for (std::size_t i = 0; i < theta.size(); ++i)
        theta[i] = initial_value(shape, seed, static_cast<Index>(i));
    return theta;
}

}  // namespace sae
