#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "sae/core/aligned.hpp"
#include "sae/core/exact_sum.hpp"
#include "sae/core/shape.hpp"
#include "sae/train/gram.hpp"
#include "sae/train/slice.hpp"

namespace sae {

namespace kernels {
struct Step;
}

/// A rank's slice of the last pairs s = x_new - x, y = g_new - g of L-BFGS: a ring. All pairs are read once
/// to take in a new one and once to form a direction, chunk by chunk: the pairs' parts of a chunk lie one
/// after the other, so both passes read memory in its order. Sums go to ExactSums, to be added over the
/// ranks.
///
/// A pair is stored in floats, which halves what the passes read: s and y are rounded when the pair is
/// formed, and dot products and direction are those of the rounded numbers, computed in double, so that all
/// belong to one and the same history. It stands for the curvature along s, of which six digits are more
/// than a step of finite length tells.
class History {
  public:
    /// At most `capacity` >= 1 pairs of slices of `length` numbers, a multiple of block_length; the passes
    /// use `threads` >= 1 threads, which never change a bit.
    History(int capacity, Index length, int threads);

    [[nodiscard]] int capacity() const { return capacity_; }
    [[nodiscard]] int size() const { return size_; }

    /// The number of sums that the next push() needs: 4 a pair, the new one included.
    [[nodiscard]] std::size_t push_sums() const;

    /// Takes in the pair of a step from (x, g) to (x_new, g_new); when full, the oldest leaves. Adds this
    /// slice's parts of the dot products to `sums`, of length push_sums(); see pair_dots.
    void push(std::span<const double> x, std::span<const double> x_new, std::span<const double> g,
              std::span<const double> g_new, std::span<ExactSum> sums);

    /// Takes the newest pair out again.
    void drop_newest();

    void clear() { size_ = 0; }

    /// d = sum_j (coefficients.s[j] s_j + coefficients.y[j] y_j) + coefficients.g g; adds this slice's part
    /// of d . g to `d_g`.
    void combine(const Coefficients& coefficients, std::span<const double> g, std::span<double> d,
                 ExactSum& d_g) const;

    /// Copies pair `j` out, 0 being the oldest, for a checkpoint.
    void copy_pair(int j, std::span<double> s, std::span<double> y) const;

    /// Appends a pair as copy_pair() gave it, which loses nothing, or another, rounded; precondition: size()
    /// < capacity().
    void restore_pair(std::span<const double> s, std::span<const double> y);

  private:
    struct Scratch {
        std::vector<ExactSum> sums;
        Slice lanes;
    };

    [[nodiscard]] int slot(int j) const { return (first_ + j) % capacity_; }
    [[nodiscard]] std::size_t offset(Index chunk, int j) const;
    [[nodiscard]] Index stride() const;
    [[nodiscard]] std::vector<int> by_address() const;
    void open_slot();
    void push_block(const kernels::Step& step, Index begin, std::span<const int> order, Scratch& scratch);

    int capacity_;
    Index length_;
    int threads_;
    int first_ = 0;  // the slot of the oldest pair
    int size_ = 0;
    AlignedVector<float> pairs_;  // [length / chunk_length][capacity][pair_length], see vector_kernels.hpp
    std::vector<Scratch> scratch_;
};

/// The values of the sums that History::push added to, once they are summed over all ranks.
[[nodiscard]] PairDots pair_dots(std::span<const ExactSum> sums);

}  // namespace sae
