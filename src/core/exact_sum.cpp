#include "sae/core/exact_sum.hpp"

#include <cmath>
#include <limits>

namespace sae {
namespace {

constexpr std::int64_t limb_bits = 32;
constexpr std::int64_t limb_mask = 0xffffffff;

/// Moves carries up: all limbs but the last are then in [0, 2^32); the shift of a negative limb rounds down.
void carry(std::span<std::int64_t> limbs) {
    std::int64_t up = 0;
    for (std::int64_t& limb : limbs.first(limbs.size() - 1)) {
        limb += up;
        up = limb >> limb_bits;
        limb &= limb_mask;
    }
    limbs.back() += up;
}

/// The 64 bits of a carried, non-negative number from bit `from` upwards; bits below 0 are 0.
std::uint64_t window(std::span<const std::int64_t> limbs, std::int64_t from) {
    const auto limb = [&](std::int64_t k) {
        const bool inside = k >= 0 && k < static_cast<std::int64_t>(limbs.size());
        return inside ? static_cast<std::uint64_t>(limbs[static_cast<std::size_t>(k)]) : std::uint64_t{0};
    };
    const std::int64_t k = from >> 5;  // rounds down, also below 0
    const auto shift = static_cast<std::uint64_t>(from & 31);
    const std::uint64_t low = limb(k) | (limb(k + 1) << 32);
    return shift == 0 ? low : (low >> shift) | (limb(k + 2) << (64 - shift));
}

/// Whether a bit below bit `end` is set.
bool any_below(std::span<const std::int64_t> limbs, std::int64_t end) {
    for (std::int64_t k = 0; k * limb_bits < end; ++k) {
        const std::int64_t inside = end - k * limb_bits;
        const std::int64_t mask = inside >= limb_bits ? limb_mask : (std::int64_t{1} << inside) - 1;
        if ((limbs[static_cast<std::size_t>(k)] & mask) != 0) return true;
    }
    return false;
}

/// A carried, non-negative number in units of 2^-1074, rounded to nearest even.
double rounded(std::span<const std::int64_t> limbs) {
    std::size_t top = limbs.size();
    while (top > 0 && limbs[top - 1] == 0) --top;
    if (top == 0) return 0;
    const auto leading = static_cast<std::uint64_t>(limbs[top - 1]);
    const auto width = static_cast<std::int64_t>(std::bit_width(leading) + 32 * (top - 1));
    if (width > 2098) return std::numeric_limits<double>::infinity();
    // 53 bits, or all of them where the sum is subnormal or just above: nothing is then below the window.
    const std::int64_t last = width > 53 ? width - 53 : 0;
    std::uint64_t mantissa = window(limbs, last) & ((std::uint64_t{1} << 53) - 1);
    if (last > 0 && (window(limbs, last - 1) & 1) != 0) {
        mantissa += (mantissa & 1) != 0 || any_below(limbs, last - 1) ? 1 : 0;
    }
    return std::ldexp(static_cast<double>(mantissa), static_cast<int>(last) - 1074);
}

}  // namespace

void ExactSum::add(const ExactSum& other) {
    for (std::size_t k = 0; k < deposits; ++k) limbs_[k] += other.limbs_[k];
    count_deposits(other.limbs_[deposits]);
}

void ExactSum::normalise() {
    carry(std::span(limbs_).first(payload));
    limbs_[deposits] = 1;
}

double ExactSum::value() const {
    if (!finite()) return std::numeric_limits<double>::quiet_NaN();
    std::array<std::int64_t, payload> magnitude{};
    for (std::size_t k = 0; k < payload; ++k) magnitude[k] = limbs_[k];
    carry(magnitude);
    const bool negative = magnitude.back() < 0;
    if (negative) {
        for (std::int64_t& limb : magnitude) limb = -limb;
        carry(magnitude);
    }
    const double result = rounded(magnitude);
    return negative ? -result : result;
}

std::span<std::int64_t> limbs(std::span<ExactSum> sums) {
    for (ExactSum& sum : sums) sum.normalise();
    return {reinterpret_cast<std::int64_t*>(sums.data()), sums.size() * ExactSum::limb_count};
}

}  // namespace sae
