#pragma once
#include <cmath>
#include <cstdint>

namespace sae {

/// Fixed point for sums over tiles: a tile's partial sum x is carried as the integer nearest to
/// x 2^exponent in an int64, so that sums over tiles, threads and ranks are integer sums, exact and free of
/// order (MPI_SUM on int64).
///
/// Let B bound the sum of |x| over all tiles, and so every partial sum in any order. for_bound(B) takes the
/// largest exponent with B 2^exponent <= 2^61:
/// - nothing overflows: every integer partial sum is at most sum |x| 2^exponent + T / 2 <= 2^61 + T / 2 for T
///   tiles; the B and the x that are computed in floating point may be wrong by a factor of 3 before int64
///   overflows;
/// - the resolution: one unit is 2^-exponent < B 2^-60, and a sum of T tiles is off by at most T / 2 units in
///   all, where plain summation in double may be off by T B 2^-53;
/// - multiplying by 2^exponent is exact but where it falls below 1 and becomes 0 or 1 anyway, and decode()
///   rounds once.
///
/// 2^exponent and 2^-exponent are normal doubles for every B: the exponent is kept in [-1022, 1022], which
/// matters only for B < 2^-961, where the unit is 2^-1022.
struct FixedPoint {
    int exponent = 0;

    /// The scale for sums that stay within [-bound, bound]; `bound` is finite and >= 0, else throws Error.
    [[nodiscard]] static FixedPoint for_bound(double bound);

    /// 2^exponent: what a value is multiplied by before it is rounded.
    [[nodiscard]] double scale() const;

    /// 2^-exponent: the value of one unit.
    [[nodiscard]] double unit() const;

    /// The integer nearest to x 2^exponent, ties to even; `x` is finite and, up to rounding, within the
    /// bound.
    [[nodiscard]] std::int64_t encode(double x) const { return std::llrint(x * scale()); }

    /// units 2^-exponent, rounded once to nearest even; exact where |units| <= 2^53.
    [[nodiscard]] double decode(std::int64_t units) const { return static_cast<double>(units) * unit(); }

    friend constexpr bool operator==(const FixedPoint&, const FixedPoint&) = default;
};

}  // namespace sae
