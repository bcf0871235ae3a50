#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "sae/train/slice.hpp"

/// The loops over vectors as long as theta. Pointers are aligned to 64 bytes and do not alias. A dot product
/// is summed in 8 lanes on every processor: lane l takes the elements l, l + 8, ... of a block in turn, by
/// fused multiply-adds. A pair is stored in floats; all arithmetic is in double.
namespace sae::kernels {

inline constexpr int lanes = 8;

/// The history is stored and read in chunks of this many elements; what belongs to one stays in the
/// first-level cache.
inline constexpr Index chunk_length = 256;
static_assert(block_length % chunk_length == 0);

/// The length of one chunk of a pair: 8 elements of s, the same 8 of y, and so on, so that memory is read as
/// one stream (twice as fast here as s and y apart).
inline constexpr Index pair_length = 2 * chunk_length;

/// The dot products of one pair (s, y) with the newest y and g, in the order s.y, y.y, s.g, y.g.
inline constexpr int dots_per_pair = 4;

/// The vectors of a step from (x, g) to (x_new, g_new), from the first element of a block on.
struct Step {
    const double* x;
    const double* x_new;
    const double* g;
    const double* g_new;
};

/// A pair and its coefficients in a direction.
struct Term {
    const float* pair;
    double s;
    double y;
};

/// What makes an element of the gradient of its integer sum: fma(lambda, theta, sum * unit / m), evaluated
/// from left to right.
struct GradientTerms {
    double unit;  ///< Evaluation::value_of_one()
    double m;     ///< columns
    double lambda;
};

/// All loops, compiled for one instruction set; all sets give the same bits. They take pointers and counts;
/// the reason is in vector_kernels.cpp.
struct Set {
    int vector_bits;  ///< of a register

    /// One block: the pair of a step, rounded to float, is stored where pairs[newest] points, and the dot
    /// products of all `count` pairs with it are summed: `sums` takes dots_per_pair x lanes partial sums a
    /// pair. A pair's next chunk is `stride` further on. The pairs are read one after the other, fastest in
    /// the order of their addresses.
    void (*push)(const Step& step, float* const* pairs, std::size_t count, std::size_t newest, Index stride,
                 double* sums);

    /// One block: d = a g, then, for each of `count` terms in turn, d = fma(y, y_j, fma(s, s_j, d)). A pair's
    /// next chunk is `stride` further on.
    void (*combine)(double a, const double* g, const Term* terms, std::size_t count, Index stride, double* d);

    /// Splits one chunk of a pair into s and y.
    void (*split)(const float* pair, double* s, double* y);

    /// Joins s and y, rounded to float, into one chunk of a pair.
    void (*join)(const double* s, const double* y, float* pair);

    /// a . b over one block.
    double (*dot)(const double* a, const double* b);

    /// One block: x_trial = fma(t, d, x); returns x_trial . x_trial.
    double (*advance)(const double* x, double t, const double* d, double* x_trial);

    /// `length` elements of the gradient from `count` arrays of integers (one a node), which are added up
    /// from element `first` on. `theta` and `gradient` begin with the first of these elements and do not
    /// overlap.
    void (*finish_gradient)(const std::int64_t* const* sums, std::size_t count, Index first, Index length,
                            const double* theta, GradientTerms terms, double* gradient);
};

/// All sets in this build, the widest vectors first.
[[nodiscard]] std::span<const Set* const> sets();

/// The set for the instruction set of best_kernels().
[[nodiscard]] const Set& best();

/// The sum of the lanes of one dot product, as a tree of neighbours.
inline double sum_lanes(const double* sums) {
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace sae::kernels
