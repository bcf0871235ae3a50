#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/fixed_point.hpp"
#include "sae/core/kernels.hpp"

namespace sae {

/// The mean activation rho_hat_j of each hidden unit over the columns of all ranks, from exact sums. The sum
/// over a column group is added as two integers (ActivationScales): the sum, rounded, and the rest that the
/// rounding leaves. The rest makes a mean activation of 1e-13 as exact as one of 1/2.
class MeanActivations {
  public:
    /// `columns` of all ranks. `group_error`: by how much a mean that is computed from the groups' sums may
    /// be nearer to 1 than the true one.
    MeanActivations(Index columns, Index hidden, double group_error);

    /// The length of an array of sums: of each unit the whole part, then of each unit the rest, then the
    /// number of groups that were not finite.
    [[nodiscard]] static std::size_t sums_length(Index hidden) {
        return 2 * static_cast<std::size_t>(hidden) + 1;
    }
    /// Adds the sums of all hidden units over one column group, as TileKernels::hidden() leaves them, to such
    /// an array.
    template <class T>
    void add(const TileKernels<T>& kernels, const T* of_group, std::span<std::int64_t> sums) const {
        const Index hidden = static_cast<Index>(rho_hat_.size());
        const bool finite =
            kernels.add_activations(of_group, hidden, scales_, sums.data(), sums.data() + hidden);
        if (!finite) ++sums.back();
    }

    /// Computes the means from the sums over all groups of all ranks. False if an activation was not finite.
    [[nodiscard]] bool set(std::span<const std::int64_t> sums);

    [[nodiscard]] std::span<const double> rho_hat() const { return rho_hat_; }
    /// A bound of the mean of f'(z2_j) = a2 (1 - a2): the least of 1/4, rho_hat_j and 1 - rho_hat_j, with a
    /// margin for the rounding of rho_hat_j. For a unit that is almost always off, 1/4 would be far too large
    /// a bound, because its sparsity term is large.
    [[nodiscard]] double slope_bound(std::size_t j) const;

  private:
    double columns_;
    double group_error_;
    FixedPoint whole_;
    FixedPoint rest_;
    ActivationScales scales_;  ///< of both
    double rest_error_;
    std::vector<double> rho_hat_;
};

}  // namespace sae
