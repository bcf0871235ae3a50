#pragma once
#include <vector>

#include "sae/core/fixed_point.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// The largest |delta3| = |a - y| a (1 - a) for a and y in [0, 1]: that of y = 0, a = 2/3.
inline constexpr double largest_delta3 = 4.0 / 27;

/// The fixed point of each sum of the gradient over the columns of all ranks: one for W2 and b2, and one for
/// each hidden unit, which is that of its row of W1 and of its b1. The bounds: see Evaluation.
class GradientScales {
  public:
    GradientScales(const Shape& shape, Index columns);

    /// Hidden unit j's, for a bound of the sum of |delta2_j| over all columns; finite and >= 0.
    void set_hidden(std::size_t j, double bound);

    /// What W2 and b2 are multiplied by.
    [[nodiscard]] double output() const { return output_.scale(); }
    /// What the rows of W1 and b1 are multiplied by.
    [[nodiscard]] const std::vector<double>& hidden() const { return hidden_scales_; }

    /// The value of one unit of the sum at `index`, and the end of its run of equal units.
    [[nodiscard]] double unit(Index index) const;
    [[nodiscard]] Index next_unit(Index index) const;

  private:
    Shape shape_;
    FixedPoint output_;
    std::vector<FixedPoint> hidden_;
    std::vector<double> hidden_scales_;
};

}  // namespace sae
