#pragma once
#include <cstdint>
#include <span>

#include "mean_activations.hpp"
#include "packed_weights.hpp"
#include "sae/core/aligned.hpp"
#include "sae/core/exact_sum.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/phase_times.hpp"

namespace sae {

/// The hidden layer of the forward pass, a2 = f(W1 x + b1), on one core, for at most widths.columns_together
/// columns at a time. The evaluation, the figures of a network and the commands that write activations use
/// it.
template <class T>
class ForwardPass {
  public:
    ForwardPass(const Shape& shape, const TileKernels<T>& kernels, const PackedWeights<T>& weights);

    /// Computes a2 of `columns` columns of a tile from `column` on, a multiple of summation::column_group.
    /// `a2` is the tile's a2 in panels of hidden units, k over its `tile_columns` columns.
    void activate(BytePanels x, Index column, Index columns, T* a2, Index tile_columns, PhaseTimes& times);
    /// Adds the activations of the last activate(), of the same `columns`, to `sums`, as MeanActivations has
    /// them.
    void add_sums(const MeanActivations& means, Index columns, std::span<std::int64_t> sums) const;

  private:
    Shape shape_;
    const TileKernels<T>& kernels_;
    const PackedWeights<T>& weights_;
    NonzeroRoom<T> x_;
    Index padded_;  ///< hidden units, rounded up to whole panels
    AlignedVector<T> group_sums_;
};

/// Adds the squares of neighbouring columns to `sum`, first within each column group as a tree (see
/// summation::column_group). False if a group's sum is not finite.
bool add_squares(std::span<const double> of_columns, ExactSum& sum);

}  // namespace sae
