#pragma once
#include <cstdint>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
    defined(__NO_SIGNED_ZEROS__)
#error "sae-mpi computes the same bits with every compiler: build it without -ffast-math and its like"
#endif

namespace sae {

/// Sizes, counts and offsets; 64 bits, for a rank may hold more than 2^31 bytes.
using Index = std::int64_t;

/// The sizes of a network with one hidden layer and where its parts are in the flat vector theta = [W1
/// (hidden x inputs), W2 (outputs x hidden), b1, b2], both matrices row-major. An autoencoder has outputs ==
/// inputs.
struct Shape {
    Index inputs = 0;
    Index hidden = 0;
    Index outputs = 0;

    [[nodiscard]] constexpr Index w1() const { return 0; }
    [[nodiscard]] constexpr Index w2() const { return hidden * inputs; }
    [[nodiscard]] constexpr Index b1() const { return w2() + outputs * hidden; }
    [[nodiscard]] constexpr Index b2() const { return b1() + hidden; }
    /// The length of theta.
    [[nodiscard]] constexpr Index size() const { return b2() + outputs; }

    friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// The shape of an autoencoder of `visible` inputs and outputs.
[[nodiscard]] constexpr Shape autoencoder(Index visible, Index hidden) {
    return {visible, hidden, visible};
}

}  // namespace sae
