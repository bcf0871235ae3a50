#pragma once
#include <vector>

#include "sae/core/column_tiles.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/shape.hpp"
#include "work_shares.hpp"

namespace sae {

/// A core's blocks of the gradient of any tile.
struct GradientShare {
    std::vector<Block> w2;  ///< outputs x units
    std::vector<Block> w1;  ///< inputs x units
};

/// How the cores of a crew divide the gradient. Rows of dW1 differ in what they cost, as pixels that are 0
/// are passed over: the first tile's show how much. It decides speed alone.
class GradientShares {
  public:
    /// `x`: what all cores of the crew see, and have loaded. The same on all of them.
    GradientShares(const Shape& shape, const Widths& widths, const ColumnTiles& x, int cores);

    /// For dW2 and dW1 one after the other without a meeting: both together are even.
    [[nodiscard]] GradientShare together(int core) const;
    /// For a meeting between dW2 and dW1: each of them is even.
    [[nodiscard]] GradientShare apart(int core) const;

  private:
    Extent outputs_, units_of_w2_, inputs_, units_of_w1_;
    int cores_;
    std::vector<double> parts_of_w2_;  ///< of each core: where its part of dW2 ends if both are even together
};

}  // namespace sae
