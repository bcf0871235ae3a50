#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sae/core/fixed_point.hpp"
#include "sae/core/kernels.hpp"

namespace sae {

/// The mean activation rho_hat_j of each hidden unit over the columns of all ranks, from exact sums: those
/// of a column group are carried as two integers each, whole units and what is left of them. The rest makes a
/// mean activation of 1e-13 as exact as one of 1/2.
class MeanActivations {
  public:
    /// Over `columns` columns in all. `group_error`: how much nearer to 1 a mean may be computed from the
    /// groups' sums than it is.
    MeanActivations(Index columns, Index hidden, double group_error);

    /// The length of an array of sums: whole units, rests, and how many groups were not finite.
    [[nodiscard]] static std::size_t sums_length(Index hidden) {
        return 2 * static_cast<std::size_t>(hidden) + 1;
    }
    /// Adds the sums of all units over a column group, as TileKernels::hidden() leaves them, to such an
    /// array.
    template <class T>
    void add(const TileKernels<T>& kernels, const T* of_group, std::span<std::int64_t> sums) const {
        const Index hidden = static_cast<Index>(rho_hat_.size());
        const bool finite =
            kernels.add_activations(of_group, hidden, scales_, sums.data(), sums.data() + hidden);
        if (!finite) ++sums.back();
    }

    /// Takes the means from the sums over all groups of all ranks; false if an activation was not finite.
    [[nodiscard]] bool set(std::span<const std::int64_t> sums);

    [[nodiscard]] std::span<const double> rho_hat() const { return rho_hat_; }
    /// A bound of the mean of f'(z2_j) = a2 (1 - a2): 1/4, rho_hat_j or 1 - rho_hat_j, up to the rounding of
    /// rho_hat_j. A unit that is all but off has a large sparsity term and small deltas.
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
