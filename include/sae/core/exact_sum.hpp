#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sae {

/// The exact sum of any doubles in any order; value() rounds it once.
///
/// A superaccumulator over the whole range of double (Kulisch, "Computer Arithmetic and Validity", 2008;
/// Neal, "Fast exact summation using small and large superaccumulators", 2015): a fixed-point number of 2112
/// bits in units of 2^-1074, the smallest subnormal, cut into limbs of 32 bits that are kept in int64:
///
///     sum = sum_k limb[k] 2^(32 k - 1074),  k = 0 ... 65
///
/// - A finite double is m 2^(p - 1074) with 0 <= m < 2^53 and 0 <= p <= 2045, so m 2^p touches three limbs,
///   k = p / 32, k + 1, k + 2 <= 65, with at most 2^32 - 1 each: nothing is rounded.
/// - A *deposit* changes a limb by less than 2^32, so 2^30 of them stay below 2^62. They are counted, and at
///   2^30 the carries are moved up, which leaves limbs 0 ... 64 in [0, 2^32), the size of one deposit.
/// - The last limb, of weight 2^1006, has no neighbour and keeps its carries: one double changes it by less
///   than 2^18, so 2^44 doubles of the largest magnitude fit.
/// - Integer addition is associative and commutative, and carries do not change the number that the limbs
///   represent. So deposits, carries and merges in any order and grouping give the same value(), and the
///   limbs of several ranks may be added by any all-reduce: see limbs().
/// - Infinities and NaN are counted in a separate limb, never summed.
class ExactSum {
  public:
    /// The number of int64 that make up a sum: 66 limbs, the count of non-finite values, the count of
    /// deposits.
    static constexpr std::size_t limb_count = 68;

    /// Adds `x`. A value that is not finite is counted and makes finite() false.
    void add(double x);

    /// Adds another sum.
    void add(const ExactSum& other);

    /// Whether every value so far was finite.
    [[nodiscard]] bool finite() const { return limbs_[non_finite] == 0; }

    /// The sum, rounded once to nearest, ties to even. An empty or cancelled sum is +0, a sum that rounds
    /// beyond the largest double is infinite, and a sum that is not finite() is NaN.
    [[nodiscard]] double value() const;

    /// Sets the sum to 0.
    void reset() { limbs_.fill(0); }

    /// Moves the carries up, so that the sum counts as one deposit.
    void normalise();

  private:
    static constexpr std::size_t payload = 66;
    static constexpr std::size_t non_finite = 66;
    static constexpr std::size_t deposits = 67;
    static constexpr std::int64_t max_deposits = std::int64_t{1} << 30;

    void count_deposits(std::int64_t more);

    std::array<std::int64_t, limb_count> limbs_{};
};

static_assert(sizeof(ExactSum) == ExactSum::limb_count * sizeof(std::int64_t));

/// The limbs of `sums`, normalised and one after the other: `limb_count` int64 a sum. If such arrays of up to
/// 2^20 ranks are added element by element, in place (MPI_SUM on int64), the ExactSums become the exact sums
/// over the ranks. The counts of deposits are added too, so the headroom that is left is known.
[[nodiscard]] std::span<std::int64_t> limbs(std::span<ExactSum> sums);

inline void ExactSum::add(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t exponent = (bits >> 52) & 0x7ff;
    if (exponent == 0x7ff) {
        ++limbs_[non_finite];
        return;
    }
    const std::uint64_t normal = exponent != 0;
    const std::uint64_t mantissa = (bits & 0xfffffffffffff) | (normal << 52);
    const std::uint64_t position = exponent - normal;
    const std::uint64_t shift = position % 32;
    const std::uint64_t low = mantissa << shift;
    const std::uint64_t high = (mantissa >> 1) >> (63 - shift);
    const std::int64_t sign = (bits >> 63) != 0 ? -1 : 1;
    std::int64_t* const limb = limbs_.data() + position / 32;
    limb[0] += sign * static_cast<std::int64_t>(low & 0xffffffff);
    limb[1] += sign * static_cast<std::int64_t>(low >> 32);
    limb[2] += sign * static_cast<std::int64_t>(high);
    count_deposits(1);
}

inline void ExactSum::count_deposits(std::int64_t more) {
    limbs_[deposits] += more;
    if (limbs_[deposits] >= max_deposits) normalise();
}

}  // namespace sae
