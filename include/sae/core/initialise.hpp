#pragma once
#include <cstdint>
#include <vector>

#include "sae/core/shape.hpp"

namespace sae {

/// The theta that training starts from: W ~ U(-r, r), r = sqrt(6 / (fan_in + fan_out + 1)) (Glorot and
/// Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, as in the UFLDL
/// exercise), biases 0. Each element is a pure function of seed and index.
[[nodiscard]] std::vector<double> initial_theta(const Shape& shape, std::uint64_t seed);

}  // namespace sae
