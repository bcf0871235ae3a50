#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace reference {

/// Section "Start": Philox4x32-10 of the counter (index, stream) and the key `seed`; the first two
/// words make a number in [0, 1).
inline double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
    const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
    std::uint32_t c0 = low(index), c1 = high(index), c2 = low(stream), c3 = high(stream);
    std::uint32_t k0 = low(seed), k1 = high(seed);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c0;
        const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c2;
        c0 = high(p1) ^ c1 ^ k0;
        c1 = low(p1);
        c2 = high(p0) ^ c3 ^ k1;
        c3 = low(p0);
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return static_cast<double>((std::uint64_t{c0} << 32 | c1) >> 11) * 0x1p-53;
}

/// Section "The logistic function".
inline double logistic(double z) {
    constexpr std::array c = {0x1.af38a9b0ec855p-26, 0x1.289185613a3d6p-22, 0x1.71de0dae63bb3p-19,
                              0x1.a019b90d2ae7ap-16, 0x1.a01a01a7c41d5p-13, 0x1.6c16c1788bd90p-10,
                              0x1.11111111109b3p-7,  0x1.5555555553d63p-5,  0x1.5555555555556p-3,
                              0x1.0000000000001p-1};
    if (std::isnan(z)) return z;
    const double t = std::clamp(-z, -708.0, 708.0);
    const double shifted = std::fma(t, 0x1.71547652b82fep0, 0x1.8p52);
    const double n = shifted - 0x1.8p52;
    const double r = std::fma(n, -0x1.ef35793c76730p-45, std::fma(n, -0x1.62e42fefa3800p-1, t));
    double p = c[0];
    for (std::size_t k = 1; k < c.size(); ++k) p = std::fma(p, r, c[k]);
    p = std::fma(p, r, 1.0);
    p = std::fma(p, r, 1.0);
    return 1 / (std::ldexp(p, static_cast<int>(n)) + 1);
}

/// The same in single precision.
inline float logistic(float z) {
    constexpr std::array c = {0x1.a124f2p-13F, 0x1.6d4324p-10F, 0x1.1110e0p-7F,
                              0x1.5554eap-5F,  0x1.555556p-3F,  0x1.000000p-1F};
    if (std::isnan(z)) return z;
    const float t = std::clamp(-z, -87.0F, 87.0F);
    const float shifted = std::fma(t, 0x1.715476p0F, 0x1.8p23F);
    const float n = shifted - 0x1.8p23F;
    const float r = std::fma(n, -0x1.7f7d1cp-20F, std::fma(n, -0x1.62e400p-1F, t));
    float p = c[0];
    for (std::size_t k = 1; k < c.size(); ++k) p = std::fma(p, r, c[k]);
    p = std::fma(p, r, 1.0F);
    p = std::fma(p, r, 1.0F);
    return 1 / (std::ldexp(p, static_cast<int>(n)) + 1);
}

/// Section "Logarithm".
inline double logarithm(double x) {
    constexpr std::array c = {0x1.0c039c4a0c012p-3, 0x1.0fbe95d70af94p-3, 0x1.3b1c355a8fe3ap-3,
                              0x1.745cf9048dd76p-3, 0x1.c71c720159178p-3, 0x1.2492492476cccp-2,
                              0x1.9999999999a38p-2, 0x1.5555555555555p-1};
    if (std::isnan(x) || x < 0) return std::nan("");
    if (x == 0) return -std::numeric_limits<double>::infinity();
    if (std::isinf(x)) return x;
    int e = 0;
    double fraction = std::frexp(x, &e);
    if (fraction < 0x1.6a09e667f3bcdp-1) {
        fraction *= 2;
        --e;
    }
    const double f = fraction - 1;
    const double s = f / (2 + f);
    const double z = s * s;
    double p = c[0];
    for (std::size_t k = 1; k < c.size(); ++k) p = std::fma(p, z, c[k]);
    const double r = z * p;
    const double h = 0.5 * f * f;
    const double rest = std::fma(0.5 * f, f, -h);
    const double small = std::fma(s, h + r, std::fma(double(e), 0x1.ef35793c76730p-45, -rest));
    const double whole = e * 0x1.62e42fefa3800p-1;
    const double sum = whole + f;
    const double lacking = whole - sum + f;
    return sum + (lacking - (h - small));
}

/// Section "Conventions": the tree of eight numbers.
template <class T>
T tree_of_eight(const T (&x)[8]) {
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

/// Section "Exact sums", fixed point: the exponent of a bound, and what becomes of a number.
inline int fixed_point_exponent(double bound) {
    if (bound == 0) return 0;
    int e = 0;
    if (std::frexp(bound, &e) == 0.5) --e;
    return std::clamp(61 - e, -1022, 1022);
}
inline std::int64_t to_fixed(double x, int exponent) {
    return std::llrint(x * std::ldexp(1.0, exponent));
}
inline double from_fixed(std::int64_t units, int exponent) {
    return static_cast<double>(units) * std::ldexp(1.0, -exponent);
}

}  // namespace reference
