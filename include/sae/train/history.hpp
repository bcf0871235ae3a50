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

/// A rank's slices of the vectors of a step from (x, g) to (x_new, g_new).
struct StepVectors {
    std::span<const double> x, x_new, g, g_new;
};

/// A rank's slices of the last pairs s = x_new - x, y = g_new - g of L-BFGS, in a ring buffer. push() and
/// combine() read all pairs once each, chunk by chunk. A chunk of all pairs is stored together, so both read
/// memory in the order of its addresses. Sums are ExactSums, to be added over the ranks.
///
/// Pairs are stored in floats, which halves what is read. s and y are rounded when the pair is formed; dot
/// products and directions are computed, in double, from the rounded numbers, so all are consistent. A pair
/// describes the curvature along s, which a step of finite length determines to fewer than six digits.
class History {
  public:
    /// At most `capacity` >= 1 pairs of slices of `length` numbers, a multiple of block_length.
    History(int capacity, Index length);

    [[nodiscard]] int capacity() const { return capacity_; }
    [[nodiscard]] int size() const { return size_; }

    /// Makes room for a new pair, which push() then forms; a full history loses its oldest pair.
    void make_room();

    /// The number of sums of push(): 4 for each pair, the new one included.
    [[nodiscard]] std::size_t push_sums() const;

    /// After make_room(): forms the pair of `step` on the blocks of `range`. Adds these blocks' part of the
    /// dot products to `sums`, of length push_sums(); pair_dots() has their values. Threads may push
    /// different ranges at the same time.
    void push(const StepVectors& step, BlockRange range, std::span<ExactSum> sums);

    /// Removes the newest pair.
    void drop_newest();

    void clear() { size_ = 0; }

    /// On the blocks of `range`: d = sum_j (coefficients.s[j] s_j + coefficients.y[j] y_j) + coefficients.g
    /// g; adds these blocks' part of d . g to `d_g`. Threads may combine different ranges at the same time.
    void combine(const Coefficients& coefficients, std::span<const double> g, BlockRange range,
                 std::span<double> d, ExactSum& d_g) const;

    /// Copies pair `j` for a checkpoint; 0 is the oldest.
    void copy_pair(int j, std::span<double> s, std::span<double> y) const;

    /// Appends a pair, rounded to float; those of copy_pair() are floats already. Precondition: size() <
    /// capacity().
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

/// The dot products from the sums of History::push(), once these are summed over all ranks.
[[nodiscard]] PairDots pair_dots(std::span<const ExactSum> sums);

}  // namespace sae
