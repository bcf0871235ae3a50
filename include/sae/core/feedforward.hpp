#pragma once
#include <cstdint>
#include <span>

#include "sae/core/crew.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Computes the hidden activations a2 = f(W1 x + b1) of `images` into `a2` (count x hidden, row-major), in
/// double. Images are bytes, one image after the other; x is byte / 255. A row depends on its image alone,
/// and not on the crew, of which the threads of this rank do the work.
void hidden_activations(const Shape& shape, std::span<const double> theta,
                        std::span<const std::uint8_t> images, std::span<double> a2, Crew& crew);

/// Computes the outputs a3 = f(W2 a2 + b2) of `images` in the same way into `a3` (count x outputs,
/// row-major).
void network_outputs(const Shape& shape, std::span<const double> theta, std::span<const std::uint8_t> images,
                     std::span<double> a3, Crew& crew);

}  // namespace sae
