#pragma once
#include <vector>

#include "sae/core/column_tiles.hpp"
#include "sae/core/kernels.hpp"
#include "sae/core/shape.hpp"
#include "work_shares.hpp"

namespace sae {

/// How the cores of a team divide the gradient of any tile. Rows of dW1 differ in cost because pixels that
/// are 0 are skipped; the first tile gives the estimate. This affects speed only.
class GradientShares {
  public:
    /// `x`: what all cores of the crew see, and have loaded. The same on all of them.
    GradientShares(const Shape& shape, const Widths& widths, const ColumnTiles& x, int cores);

    /// A core's blocks of dW1 (inputs x units): the same cost for each core.
    [[nodiscard]] std::vector<Block> w1(int core) const;
    /// Its blocks of dW2 (outputs x units) where a barrier is between dW2 and dW1: the same cost for each
    /// core.
    [[nodiscard]] std::vector<Block> w2_apart(int core) const;
    /// And where none is: dW2 and dW1 together have the same cost for each core.
    [[nodiscard]] std::vector<Block> w2_together(int core) const;

  private:
    Extent outputs_, units_of_w2_, inputs_, units_of_w1_;
    int cores_;
    std::vector<double> parts_of_w2_;  ///< of each core: where its part of dW2 ends if both are even together
};

}  // namespace sae
