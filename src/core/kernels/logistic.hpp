#pragma once
#include <iterator>

#include "vector.hpp"

namespace sae::SAE_KERNELS {

/// What exp() needs for a type: the clamp that keeps 1 + exp(-z) finite and 2^n a normal number, ln 2 in two
/// parts of which the first times n is exact, the number that rounds to an integer when it is added, and the
/// polynomial of (exp(r) - 1 - r) / r^2 on |r| <= ln 2 / 2, interpolated at Chebyshev points.
template <class T>
struct ExpConstants;

template <>
struct ExpConstants<double> {
    static constexpr double limit = 708;
    static constexpr double log2_e = 0x1.71547652b82fep0;
    static constexpr double ln2_high = 0x1.62e42fefa3800p-1;
    static constexpr double ln2_low = 0x1.ef35793c76730p-45;
    static constexpr double rounder = 0x1.8p52;
    static constexpr int mantissa_bits = 52;
    // relative error of exp: 1.7e-17
    static constexpr double polynomial[] = {
        2.510038549551032e-08,  2.7620088445409746e-07, 2.7557268459997064e-06, 2.4801521295954376e-05,
        0.00019841269863053618, 0.0013888888917213717,  0.008333333333330062,   0.04166666666662413,
        0.16666666666666669,    0.5000000000000001};
};

template <>
struct ExpConstants<float> {
    static constexpr float limit = 87;
    static constexpr float log2_e = 0x1.715476p0F;
    static constexpr float ln2_high = 0x1.62e400p-1F;
    static constexpr float ln2_low = 0x1.7f7d1cp-20F;
    static constexpr float rounder = 0x1.8p23F;
    static constexpr int mantissa_bits = 23;
    // relative error of exp: 2.2e-10 before rounding
    static constexpr float polynomial[] = {0.00019890991F, 0.0013933650F, 0.0083333109F,
                                           0.041666465F,   0.16666667F,   0.5F};
};

/// The logistic function 1 / (1 + exp(-z)) of each lane; a NaN stays one.
template <class T>
[[gnu::always_inline]] inline Vector<T> logistic(Vector<T> z) {
    using E = ExpConstants<T>;
    using Bits = typename VectorOf<typename BitsOf<T>::type>::type;
    const Vector<T> x = at_least<T>(at_most<T>(-z, broadcast(E::limit)), broadcast(-E::limit));
    const Vector<T> shifted = multiply_add<T>(x, broadcast(E::log2_e), broadcast(E::rounder));
    const Vector<T> n = shifted - E::rounder;
    const Vector<T> r =
        multiply_add<T>(n, broadcast(-E::ln2_low), multiply_add<T>(n, broadcast(-E::ln2_high), x));
    Vector<T> p = broadcast(E::polynomial[0]);
    for (std::size_t i = 1; i < std::size(E::polynomial); ++i)
        p = multiply_add<T>(p, r, broadcast(E::polynomial[i]));
    p = multiply_add<T>(multiply_add<T>(p, r, broadcast(T{1})), r, broadcast(T{1}));
    // 2^n by the exponent's own bits: the low bits of `shifted` hold n.
    const Bits power = reinterpret_cast<Bits>(shifted) << E::mantissa_bits;
    const Vector<T> e = reinterpret_cast<Vector<T>>(reinterpret_cast<Bits>(p) + power);
    return T{1} / (e + T{1});
}

}  // namespace sae::SAE_KERNELS
