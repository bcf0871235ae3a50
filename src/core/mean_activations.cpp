#include "mean_activations.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sae/core/kernels.hpp"
#include "sae/core/summation.hpp"
#include "sae/core/tiling.hpp"

namespace sae {

namespace {

/// The rest of a group's sum is at most half a unit of the whole part. It is counted in units that are 2^bits
/// times smaller: 40 bits for up to 2^22 groups, fewer for more groups, so that the rests of all groups add
/// up to at most groups 2^(bits - 1) <= 2^61.
int rest_bits(Index groups) {
    const auto log2_groups = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(groups - 1)));
    return std::min(40, 62 - log2_groups);
}

}  // namespace

MeanActivations::MeanActivations(Index columns, Index hidden, double group_error)
    : columns_(static_cast<double>(columns)),
      group_error_(group_error),
      whole_(FixedPoint::for_bound(columns_)),
      rho_hat_(static_cast<std::size_t>(hidden)) {
    // The last group of each tile may be short, so there may be one more a tile.
    const Index groups = pieces(columns, summation::column_group) + Tiling(columns).tiles();
    rest_ = {whole_.exponent + rest_bits(groups)};
    scales_ = {whole_.scale(), whole_.unit(), rest_.scale()};
    rest_error_ = static_cast<double>(groups) * rest_.unit() / columns_;
}

bool MeanActivations::set(std::span<const std::int64_t> sums) {
    for (std::size_t j = 0; j < rho_hat_.size(); ++j)
        rho_hat_[j] = (whole_.decode(sums[j]) + rest_.decode(sums[rho_hat_.size() + j])) / columns_;
    return sums.back() == 0;
}

double MeanActivations::slope_bound(std::size_t j) const {
    return std::min({0.25, rho_hat_[j] + rest_error_, 1 - rho_hat_[j] + group_error_});
}

}  // namespace sae
