#pragma once
#include <vector>

#include "sae/core/fixed_point.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// The largest |delta3| = |a - y| a (1 - a) for a and y in [0, 1]: that of y = 0, a = 2/3.
inline constexpr double largest_delta3 = 4.0 / 27;

/// The fixed-point scales of the gradient's sums over the columns of all ranks: one for dW2 and db2, and one
/// for each hidden unit, for its row of dW1 and its db1. Evaluation has the bounds that they follow from.
class GradientScales {
  public:
    GradientScales(const Shape& shape, Index columns);

    /// Sets the scale of hidden unit j from a bound, finite and >= 0, of the sum of |delta2_j| over all
    /// columns.
    void set_hidden(std::size_t j, double bound);

    /// What a term of dW2 or db2 is multiplied by before it is rounded to an integer.
    [[nodiscard]] double output() const { return output_.scale(); }
    /// The same for each row of dW1 and its db1.
    [[nodiscard]] const std::vector<double>& hidden() const { return hidden_scales_; }

    /// See Evaluation.
    [[nodiscard]] double value_of_one(Index index) const;
    [[nodiscard]] Index next_scale(Index index) const;

  private:
    Shape shape_;
    FixedPoint output_;
    std::vector<FixedPoint> hidden_;
    std::vector<double> hidden_scales_;
};

}  // namespace sae
