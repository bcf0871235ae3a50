#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/shape.hpp"

namespace sae {

/// Element `index` of the start: W ~ U(-r, r), r = sqrt(6 / (fan_in + fan_out + 1)) (Glorot and Bengio,
/// "Understanding the difficulty of training deep feedforward neural networks", 2010, as in the UFLDL
/// exercise), biases 0. A pure function of seed and index.
[[nodiscard]] double initial_value(const Shape& shape, std::uint64_t seed, Index index);

/// The whole start, in theta's order.
[[nodiscard]] std::vector<double> initial_theta(const Shape& shape, std::uint64_t seed);

}  // namespace sae
