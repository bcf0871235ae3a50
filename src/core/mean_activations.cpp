#include "mean_activations.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sae {

namespace {

/// A tile's sum of activations less its whole units is at most half a unit. Up to 2^22 tiles (2^31 columns)
/// it is cut into 2^40 parts a unit; of T more tiles into fewer, so that the rests of all stay within
/// T 2^(bits - 1) <= 2^61.
int rest_bits(Index tiles) {
    const auto log2_tiles = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(tiles - 1)));
    return std::min(40, 62 - log2_tiles);
}

}  // namespace

MeanActivations::MeanActivations(const Tiling& tiling, Index hidden, double lane_error)
    : columns_(static_cast<double>(tiling.columns())),
      lane_error_(lane_error),
      whole_(FixedPoint::for_bound(columns_)),
      rest_{whole_.exponent + rest_bits(tiling.tiles())},
      rest_error_(static_cast<double>(tiling.tiles()) * rest_.unit() / columns_),
      rho_hat_(static_cast<std::size_t>(hidden)) {}

void MeanActivations::add(std::size_t j, double sum, std::span<std::int64_t> sums) const {
    if (!std::isfinite(sum)) {
        ++sums.back();
        return;
    }
    const std::int64_t units = whole_.encode(sum);
    sums[j] += units;
    sums[rho_hat_.size() + j] += rest_.encode(sum - whole_.decode(units));
}

bool MeanActivations::set(std::span<const std::int64_t> sums) {
    for (std::size_t j = 0; j < rho_hat_.size(); ++j)
        rho_hat_[j] = (whole_.decode(sums[j]) + rest_.decode(sums[rho_hat_.size() + j])) / columns_;
    return sums.back() == 0;
}

double MeanActivations::slope_bound(std::size_t j) const {
    return std::min({0.25, rho_hat_[j] + rest_error_, 1 - rho_hat_[j] + lane_error_});
}

}  // namespace sae
