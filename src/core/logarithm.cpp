#include "sae/core/logarithm.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include "sae/core/arithmetic.hpp"

namespace sae {
namespace {

/// ln 2 in two parts; an exponent times the first is exact.
constexpr double ln2_high = 0x1.62e42fefa3800p-1;
constexpr double ln2_low = 0x1.ef35793c76730p-45;

/// The polynomial of (2 atanh(s) / s - 2) / s^2 in s^2, highest power first, interpolated at the Chebyshev
/// points of [0, (sqrt(2) - 1)^4]; relative error of the logarithm: 5.4e-19.
constexpr double polynomial[] = {0x1.0c039c4a0c012p-3, 0x1.0fbe95d70af94p-3, 0x1.3b1c355a8fe3ap-3,
                                 0x1.745cf9048dd76p-3, 0x1.c71c720159178p-3, 0x1.2492492476cccp-2,
                                 0x1.9999999999a38p-2, 0x1.5555555555555p-1};

/// x = fraction 2^exponent, fraction in [sqrt(1/2), sqrt(2)).
struct Parts {
    double fraction;
    double exponent;
};

Parts split(double x) {
    int exponent = 0;
    // A subnormal number becomes a normal one.
    if (x < std::numeric_limits<double>::min()) {
        x *= 0x1p54;
        exponent = -54;
    }
    constexpr std::uint64_t mantissa_mask = 0xfffffffffffff;
    constexpr std::uint64_t one = 0x3ff0000000000000, half = 0x3fe0000000000000;
    constexpr std::uint64_t mantissa_of_sqrt2 = 0x6a09e667f3bcd;
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t mantissa = bits & mantissa_mask;
    exponent += static_cast<int>(bits >> 52) - 1023;
    if (mantissa >= mantissa_of_sqrt2)
        return {std::bit_cast<double>(half | mantissa), static_cast<double>(exponent + 1)};
    return {std::bit_cast<double>(one | mantissa), static_cast<double>(exponent)};
}

}  // namespace

double logarithm(double x) {
    if (!(x >= 0)) return std::numeric_limits<double>::quiet_NaN();
    if (x == 0) return -std::numeric_limits<double>::infinity();
    if (x > std::numeric_limits<double>::max()) return x;
    const auto [fraction, exponent] = split(x);
    // log(1 + f) = 2 atanh(s) = f - h + s (h + r), s = f / (2 + f), h = f^2 / 2, r = 2 atanh(s) / s - 2.
    const double f = fraction - 1;
    const double s = f / (2 + f);
    const double z = s * s;
    double p = polynomial[0];
    for (std::size_t i = 1; i < std::size(polynomial); ++i) p = std::fma(p, z, polynomial[i]);
    const double r = z * p;
    const double h = (0.5 * f) * f;
    const double rest_of_h = std::fma(0.5 * f, f, -h);
    const double small = std::fma(s, h + r, std::fma(exponent, ln2_low, -rest_of_h));
    // The first two parts, and what their sum lacks.
    const double whole = exponent * ln2_high;
    const double sum = whole + f;
    const double lacking = (whole - sum) + f;
    return sum + (lacking - (h - small));
}

}  // namespace sae
