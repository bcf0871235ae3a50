#pragma once
#include <utility>

#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// What exp() needs for a type: the clamp that keeps 1 + exp(-z) finite and 2^n a normal number, ln 2 in two
/// parts of which the first times n is exact, the number that rounds to an integer when it is added, and the
/// polynomial of (exp(r) - 1 - r) / r^2 on |r| <= ln 2 / 2, interpolated at Chebyshev points. The rounder
/// includes the exponent's bias: then the low bits of n + rounder are the exponent of 2^n. It rounds to the
/// same n as without, since no multiple of log2_e within the clamp is halfway between two integers.
template <class T>
struct ExpConstants;

template <>
struct ExpConstants<double> {
    static constexpr double limit = 708;
    static constexpr double log2_e = 0x1.71547652b82fep0;
    static constexpr double ln2_high = 0x1.62e42fefa3800p-1;
    static constexpr double ln2_low = 0x1.ef35793c76730p-45;
    static constexpr double rounder = 0x1.8p52 + 1023;
    static constexpr int mantissa_bits = 52;
    // relative error of exp: 1.7e-17
    static constexpr int coefficients = 10;
    static constexpr double polynomial[coefficients] = {
        0x1.af38a9b0ec855p-26, 0x1.289185613a3d6p-22, 0x1.71de0dae63bb3p-19, 0x1.a019b90d2ae7ap-16,
        0x1.a01a01a7c41d5p-13, 0x1.6c16c1788bd9p-10,  0x1.11111111109b3p-7,  0x1.5555555553d63p-5,
        0x1.5555555555556p-3,  0x1.0000000000001p-1};
};

template <>
struct ExpConstants<float> {
    static constexpr float limit = 87;
    static constexpr float log2_e = 0x1.715476p0F;
    static constexpr float ln2_high = 0x1.62e400p-1F;
    static constexpr float ln2_low = 0x1.7f7d1cp-20F;
    static constexpr float rounder = 0x1.8p23F + 127;
    static constexpr int mantissa_bits = 23;
    // relative error of exp: 2.2e-10 before rounding
    static constexpr int coefficients = 6;
    static constexpr float polynomial[coefficients] = {0x1.a124f2p-13F, 0x1.6d4324p-10F, 0x1.1110ep-7F,
                                                       0x1.5554eap-5F,  0x1.555556p-3F,  0x1p-1F};
};

/// act(0), act(1), ... one after the other, without a loop.
template <class Act, int... i>
[[gnu::always_inline]] inline void repeat(Act act, std::integer_sequence<int, i...> /*all*/) {
    (act(i), ...);
}

/// The logistic function 1 / (1 + exp(-z)) of each lane; a NaN stays one.
template <class T, int count>
[[gnu::always_inline]] inline void logistic(Vector<T> (&z)[count]) {
    using E = ExpConstants<T>;
    using Bits = typename VectorOf<typename BitsOf<T>::type>::type;
    constexpr auto each = [](auto act) { repeat(act, std::make_integer_sequence<int, count>()); };
    Vector<T> shifted[count], n[count], p[count];
    each([&](int i) { z[i] = at_least<T>(at_most<T>(z[i], broadcast(E::limit)), broadcast(-E::limit)); });
    each([&](int i) { shifted[i] = multiply_add<T>(z[i], broadcast(-E::log2_e), broadcast(E::rounder)); });
    each([&](int i) { n[i] = shifted[i] - E::rounder; });
    each([&](int i) { z[i] = multiply_add<T>(n[i], broadcast(-E::ln2_high), -z[i]); });
    each([&](int i) { z[i] = multiply_add<T>(n[i], broadcast(-E::ln2_low), z[i]); });
    each([&](int i) { p[i] = broadcast(E::polynomial[0]); });
    const auto add_coefficient = [&](int k) {
        each([&](int i) { p[i] = multiply_add<T>(p[i], z[i], broadcast(E::polynomial[k + 1])); });
    };
    repeat(add_coefficient, std::make_integer_sequence<int, E::coefficients - 1>());
    each([&](int i) { p[i] = multiply_add<T>(p[i], z[i], broadcast(T{1})); });
    each([&](int i) { p[i] = multiply_add<T>(p[i], z[i], broadcast(T{1})); });
    each([&](int i) {
        const Bits power = reinterpret_cast<Bits>(shifted[i]) << E::mantissa_bits;
        p[i] = multiply_add<T>(p[i], reinterpret_cast<Vector<T>>(power), broadcast(T{1}));
    });
    each([&](int i) { z[i] = T{1} / p[i]; });
}

/// Calls act(first, count), `count` a constant, for groups of `all`: as many of logistic_group as there are,
/// and of the rest ever smaller ones.
template <int group = logistic_group, class Act>
[[gnu::always_inline]] inline void in_logistic_groups(Index all, Act act, Index first = 0) {
    for (; first + group <= all; first += group) act(first, Size<group>{});
    if constexpr (group > 1) in_logistic_groups<(group > 4 ? 4 : group / 2)>(all, act, first);
}

}  // namespace sae::SAE_KERNELS
