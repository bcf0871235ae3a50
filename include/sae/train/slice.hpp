#pragma once
#include <memory>
#include <span>
#include <utility>

#include "sae/core/aligned.hpp"
#include "sae/core/exact_sum.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Vectors as long as theta are cut into blocks of this many doubles, and a rank owns whole blocks. The dot
/// products are summed in a fixed order within a block and exactly (ExactSum) over blocks: their bits depend
/// neither on which rank owns a block nor on the number of threads.
inline constexpr Index block_length = 2048;

/// A rank's part of a vector as long as theta: whole blocks, aligned to 64 bytes, zero at first. Padding at
/// the end of the last block stays zero, since all operations take zeros to zeros.
class Slice {
  public:
    Slice() = default;

    /// `length` is a multiple of block_length.
    explicit Slice(Index length);

    [[nodiscard]] std::span<double> span() { return {values_.get(), size_}; }
    [[nodiscard]] std::span<const double> span() const { return {values_.get(), size_}; }

  private:
    struct Release {
        void operator()(double* values) const { release_aligned(values); }
    };
    std::unique_ptr<double[], Release> values_;
    std::size_t size_ = 0;
};

/// x_trial = x + t d; adds this slice's part of x_trial . x_trial to `x_x`.
void advance(std::span<const double> x, double t, std::span<const double> d, std::span<double> x_trial,
             int threads, ExactSum& x_x);

/// Adds this slice's parts of a gradient's dot products: g . d to `g_d`, g . g to `g_g`.
void gradient_dots(std::span<const double> g, std::span<const double> d, int threads, ExactSum& g_d,
                   ExactSum& g_g);

}  // namespace sae
