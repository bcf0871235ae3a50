#pragma once
#include <cmath>
#include <cstdint>

namespace sae {

/// Fixed point for sums over tiles: a tile's partial sum x becomes an int64, the integer nearest to x
/// 2^exponent. Sums over tiles, threads and ranks are then sums of integers (MPI_SUM on int64), which are
/// exact in any order.
///
/// Let B bound the sum of |x| over all tiles, and so every partial sum in any order. for_bound(B) takes the
/// largest exponent with B 2^exponent <= 2^61:
/// - Nothing overflows: every integer partial sum is at most sum |x| 2^exponent + T / 2 <= 2^61 + T / 2 for T
///   tiles. B and x are computed in floating point; they may be wrong by a factor of 3 before int64
///   overflows.
/// - Resolution: one unit is 2^-exponent < B 2^-60, and a sum of T tiles is off by at most T / 2 units, where
/// plain
///   summation in double may be off by T B 2^-53.
/// - Multiplying by 2^exponent is exact, except where the product is so small that it becomes 0 or 1 anyway.
///   decode() rounds once.
///
/// 2^exponent and 2^-exponent are normal doubles for every B: the exponent is kept in [-1022, 1022], which
/// matters only for B < 2^-961, where the unit is 2^-1022.
struct FixedPoint {
    int exponent = 0;

    /// The fixed point for sums within [-bound, bound]. Throws Error unless `bound` is finite and >= 0.
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
