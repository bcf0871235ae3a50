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

/// The first half of the forward pass, a2 = f(W1 x + b1), on one core: of runs of at most
/// widths.columns_together columns. All that needs activations begins here.
template <class T>
class ForwardPass {
  public:
    ForwardPass(const Shape& shape, const TileKernels<T>& kernels, const PackedWeights<T>& weights);

    /// a2 of `columns` columns of a tile from `column` on, a multiple of summation::column_group, into `a2`:
    /// the tile's panels of hidden units, k over its `tile_columns` columns. They begin at a2 + column *
    /// widths.panel in the first panel.
    void activate(BytePanels x, Index column, Index columns, T* a2, Index tile_columns, PhaseTimes& times);
    /// Adds the activations of the `columns` columns of the last activate() to `sums`, as MeanActivations has
    /// them.
    void add_sums(const MeanActivations& means, Index columns, std::span<std::int64_t> sums) const;

  private:
    Shape shape_;
    const TileKernels<T>& kernels_;
    const PackedWeights<T>& weights_;
    NonzeroRoom<T> x_;
    Index padded_;  ///< units that a group's sums have room for
    AlignedVector<T> group_sums_;
};

/// Adds the squares of neighbouring columns, group by group, to `sum`: the tree of summation::column_group.
/// False if one of them is not finite.
bool add_squares(std::span<const double> of_columns, ExactSum& sum);

}  // namespace sae
