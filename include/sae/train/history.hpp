#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "sae/core/exact_sum.hpp"
#include "sae/core/shape.hpp"
#include "sae/core/zeroed_memory.hpp"
#include "sae/train/gram.hpp"
#include "sae/train/slice.hpp"

namespace sae {

/// The vectors of a step, a rank's slices: from x and g to x_new and g_new.
struct StepVectors {
    std::span<const double> x, x_new, g, g_new;
};

/// A rank's slice of the last pairs s = x_new - x, y = g_new - g of L-BFGS: a ring. All pairs are read once
/// to take in a new one and once to form a direction, chunk by chunk: the pairs' parts of a chunk follow each
/// other, so both passes read memory in its order. Sums go to ExactSums, to be added over the ranks.
///
/// A pair is stored in floats, which halves what the passes read: s and y are rounded when the pair is
/// formed, and dot products and direction are those of the rounded numbers, computed in double, so that all
/// belong to the same history. A pair describes the curvature along s; a step of finite length determines it
/// to fewer than six digits.
class History {
  public:
    /// At most `capacity` >= 1 pairs of slices of `length` numbers, a multiple of block_length.
    History(int capacity, Index length);

    [[nodiscard]] int capacity() const { return capacity_; }
    [[nodiscard]] int size() const { return size_; }

    /// Makes room for a new pair, which push() forms; when full, the oldest leaves.
    void open();

    /// The number of sums that push() adds to: 4 a pair, the new one included.
    [[nodiscard]] std::size_t push_sums() const;

    /// After open(): forms the pair of a step from (x, g) to (x_new, g_new) on the blocks of `range`, all
    /// vectors being whole slices. Adds their parts of the dot products to `sums`, of length push_sums(); see
    /// pair_dots. Threads may push different ranges at the same time.
    void push(const StepVectors& step, BlockRange range, std::span<ExactSum> sums);

    /// Takes the newest pair out again.
    void drop_newest();

    void clear() { size_ = 0; }

    /// On the blocks of `range`: d = sum_j (coefficients.s[j] s_j + coefficients.y[j] y_j) + coefficients.g
    /// g; adds their part of d . g to `d_g`. Threads may combine different ranges at the same time.
    void combine(const Coefficients& coefficients, std::span<const double> g, BlockRange range,
                 std::span<double> d, ExactSum& d_g) const;

    /// Copies pair `j` out, 0 being the oldest, for a checkpoint.
    void copy_pair(int j, std::span<double> s, std::span<double> y) const;

    /// Appends a pair as copy_pair() gave it, which loses nothing, or another, rounded; precondition: size()
    /// < capacity().
    void restore_pair(std::span<const double> s, std::span<const double> y);

  private:
    [[nodiscard]] int slot(int j) const { return (first_ + j) % capacity_; }
    [[nodiscard]] std::size_t offset(Index chunk, int j) const;
    [[nodiscard]] Index stride() const;
    [[nodiscard]] std::vector<int> by_address() const;
    [[nodiscard]] float* pairs() const { return reinterpret_cast<float*>(pairs_.bytes().data()); }

    int capacity_;
    Index length_;
    int first_ = 0;  // the slot of the oldest pair
    int size_ = 0;
    // floats: [length / chunk_length][capacity][pair_length], see vector_kernels.hpp
    ZeroedMemory pairs_;
};

/// The values of the sums that History::push added to, once they are summed over all ranks.
[[nodiscard]] PairDots pair_dots(std::span<const ExactSum> sums);

}  // namespace sae
