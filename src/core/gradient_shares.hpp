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

/// How the cores of a crew divide the gradient. Rows of dW1 differ in cost because pixels that are
/// 0 are skipped; the first tile gives the estimate. This affects speed only.
class GradientShares {
  public:
    /// `x`: what all cores of the crew see, and have loaded. The same on all of them.
    GradientShares(const Shape& shape, const Widths& widths, const ColumnTiles& x, int cores);

    /// Without a barrier between dW2 and dW1: the same cost of both together for each core.
    [[nodiscard]] GradientShare together(int core) const;
    /// With a barrier between dW2 and dW1: the same cost of each of the two for each core.
    [[nodiscard]] GradientShare apart(int core) const;

  private:
    Extent outputs_, units_of_w2_, inputs_, units_of_w1_;
    int cores_;
    std::vector<double> parts_of_w2_;  ///< of each core: where its part of dW2 ends if both are even together
};

}  // namespace sae
