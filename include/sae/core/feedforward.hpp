#pragma once
#include <cstdint>
#include <span>

#include "sae/core/crew.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// The hidden activations a2 = f(W1 x + b1) of images of bytes (one after the other, over 255), in double,
/// into `a2` (count x hidden, row-major). An image's row depends on no other image and not on the crew, whose
/// threads on this rank do the work.
void hidden_activations(const Shape& shape, std::span<const double> theta,
                        std::span<const std::uint8_t> images, std::span<double> a2, Crew& crew);

/// The outputs a3 = f(W2 a2 + b2) of the same images into `a3` (count x outputs, row-major).
void network_outputs(const Shape& shape, std::span<const double> theta, std::span<const std::uint8_t> images,
                     std::span<double> a3, Crew& crew);

}  // namespace sae
