#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "gradient_scales.hpp"
#include "mean_activations.hpp"
#include "packed_weights.hpp"
#include "sae/core/evaluation.hpp"
#include "sae/core/summation.hpp"

namespace sae {

/// What the threads of an evaluation share and, while they work on tiles, only read.
template <class T>
struct TileInputs {
    Shape shape;
    const ColumnTiles& x;
    const ColumnTiles& y;
    const TileKernels<T>& kernels;
    const double* theta = nullptr;  ///< of this run, for its biases
    PackedWeights<T> weights;       ///< the same theta's
    MeanActivations means;          ///< rho_hat, once it is known
    std::vector<double> sparsity;   ///< the sparsity term's derivative by each rho_hat_j; 0 without it
    GradientScales scales;
};

/// A thread's sums over its tiles.
template <class Sum>
struct TileSums {
    std::vector<std::int64_t> hidden;  ///< of a2, as MeanActivations has them
    std::span<Sum> gradient;           ///< in theta's order; integers by GradientScales, numbers as they are
    ExactSum squares;                  ///< of a3 - y
    bool finite = true;                ///< if not, gradient and squares are meaningless
};

/// One thread's work on tiles, in room for one tile: what becomes of a tile's bytes. `T` are the products'
/// numbers, `Sum` is int64 for exact sums, or double for sums that round, to compare them with.
template <class T, class Sum>
class TileWorker {
  public:
    /// The gradient's sums go to `gradient`, of theta's length, or, if it is empty, to memory of the
    /// worker's.
    TileWorker(const TileInputs<T>& inputs, std::span<Sum> gradient);

    /// Forgets all sums.
    void reset();
    /// Sets the gradient's sums to 0: for a worker without tiles, since a first tile overwrites what is
    /// there.
    void clear_gradient();

    /// a2 of a tile, into panels of hidden units; added to the sums of activations.
    void activate(Index tile, T* a2);
    /// What needs no mean activation: a3, delta3 and the squares, W2^T delta3 for hidden_half(), dW2, db2.
    /// Lets `combine` make progress, as hidden_half() does.
    void output_half(Index tile, const T* a2, Combine& combine);
    /// What does, of the tile that output_half() was called for last: delta2, dW1, db1.
    void hidden_half(Index tile, Combine& combine);

    /// The numbers of a2 of a tile of so many columns, whole panels.
    [[nodiscard]] static Index activations(const Widths& widths, Index columns, Index hidden) {
        return pieces(hidden, widths.panel) * widths.panel * columns;
    }
    /// Room for a2 of one tile.
    [[nodiscard]] T* room_for_a2() { return a2_.data(); }

    [[nodiscard]] TileSums<Sum>& sums() { return sums_; }
    [[nodiscard]] const TileSums<Sum>& sums() const { return sums_; }
    [[nodiscard]] PhaseTimes& times() { return times_; }

  private:
    const TileInputs<T>& in_;
    const Widths& widths_;
    NonzeroRoom<T> x_, x_rows_;
    AlignedVector<T> a2_, a2_columns_, delta3_, delta3_strips_, g_, delta2_;
    /// Each hidden unit's sums over column groups, and those over the tile.
    AlignedVector<T> group_sums_;
    std::vector<double> a2_sums_;
    AlignedVector<double> squares_;  ///< of columns
    AlignedVector<Sum> own_gradient_;
    TileSums<Sum> sums_;
    bool first_w2_ = true, first_w1_ = true;  ///< whether no tile's gradient is in the sums yet
    PhaseTimes times_;
};

}  // namespace sae
