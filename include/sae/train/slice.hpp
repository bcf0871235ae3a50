#pragma once
#include <span>

#include "sae/core/exact_sum.hpp"
#include "sae/core/shape.hpp"
#include "sae/core/zeroed_memory.hpp"

namespace sae {

/// Vectors as long as theta are cut into blocks of this many doubles; a rank owns whole blocks. A dot product
/// is summed in a fixed order within a block and exactly (ExactSum) over blocks, so its bits do not depend on
/// who owns a block. This length decides bits, as those of summation.hpp do. On one core a step of L-BFGS
/// takes 1 % longer than with 2048; 512 would take 4 % longer.
inline constexpr Index block_length = 1024;

/// Elements [begin, end) of a slice: whole blocks, usually those of one thread.
struct BlockRange {
    Index begin = 0;
    Index end = 0;
};

/// The blocks that thread `thread` of `threads` works on in a slice of `length` elements: near-equal shares,
/// the same in all passes.
[[nodiscard]] BlockRange thread_blocks(Index length, int thread, int threads);

/// The part of `range` in [begin, end).
[[nodiscard]] BlockRange intersection(BlockRange range, Index begin, Index end);

/// A rank's part of a vector as long as theta (see Partition): whole blocks, aligned to 64 bytes, 0 at first.
/// A page of it is near the thread that uses it first. Padding stays 0, because all operations turn zeros
/// into zeros.
class Slice {
  public:
    Slice() = default;

    /// `length` is a multiple of block_length.
    explicit Slice(Index length);

    [[nodiscard]] std::span<double> span() { return {numbers(), size_}; }
    [[nodiscard]] std::span<const double> span() const { return {numbers(), size_}; }
    [[nodiscard]] std::span<double> span(BlockRange range);
    [[nodiscard]] std::span<const double> span(BlockRange range) const;

  private:
    [[nodiscard]] double* numbers() const { return reinterpret_cast<double*>(memory_.bytes().data()); }

    ZeroedMemory memory_;
    std::size_t size_ = 0;
};

/// x_trial = x + t d on whole blocks; adds x_trial . x_trial to `x_x`.
void advance(std::span<const double> x, double t, std::span<const double> d, std::span<double> x_trial,
             ExactSum& x_x);

/// Adds a . b on whole blocks to `sum`.
void add_dot(std::span<const double> a, std::span<const double> b, ExactSum& sum);

}  // namespace sae
