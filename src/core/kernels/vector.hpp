#pragma once
// Private to the kernels: the widest vectors of the instruction set that this file is compiled for.
#include <cstdint>
#include <type_traits>

#include "sae/core/shape.hpp"

#if defined(SAE_ISA_AVX512) || defined(SAE_ISA_AVX2)
#include <immintrin.h>
#elif defined(SAE_ISA_NEON)
#include <arm_neon.h>
#endif

namespace sae::SAE_KERNELS {

#if defined(SAE_ISA_AVX512)
inline constexpr int vector_bytes = 64;
#elif defined(SAE_ISA_AVX2)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif

/// A number that the compiler knows.
template <Index N>
using Size = std::integral_constant<Index, N>;

template <class T>
struct VectorOf {
    using type __attribute__((vector_size(vector_bytes))) = T;
};

/// A register's width of numbers anywhere in memory.
template <class T>
struct UnalignedOf {
    using type __attribute__((vector_size(vector_bytes), aligned(alignof(T)), may_alias)) = T;
};

/// Half a register's.
template <class T>
struct HalfOf {
    using type __attribute__((vector_size(vector_bytes / 2), may_alias)) = T;
};

/// As many numbers as one register holds.
template <class T>
using Vector = typename VectorOf<T>::type;

template <class T>
inline constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

/// Whole numbers as wide as T, for its bits.
template <class T>
struct BitsOf;
template <>
struct BitsOf<double> {
    using type = std::int64_t;
};
template <>
struct BitsOf<float> {
    using type = std::int32_t;
};

template <class T>
[[gnu::always_inline]] inline Vector<T> broadcast(T x) {
    return x - Vector<T>{};
}

/// a b + c, rounded once: with the processor's instruction or, where it has none, with the C library's slow
/// function. Nothing else is fused: a compiler that may fuse as it likes does so in one loop and not in its
/// twin.
template <class T>
[[gnu::always_inline]] inline Vector<T> multiply_add(Vector<T> a, Vector<T> b, Vector<T> c) {
#if defined(SAE_ISA_AVX512)
    if constexpr (sizeof(T) == 8)
        return _mm512_fmadd_pd(a, b, c);
    else
        return _mm512_fmadd_ps(a, b, c);
#elif defined(SAE_ISA_AVX2)
    if constexpr (sizeof(T) == 8)
        return _mm256_fmadd_pd(a, b, c);
    else
        return _mm256_fmadd_ps(a, b, c);
#elif defined(SAE_ISA_NEON)
    if constexpr (sizeof(T) == 8)
        return reinterpret_cast<Vector<T>>(vfmaq_f64(reinterpret_cast<float64x2_t>(c),
                                                     reinterpret_cast<float64x2_t>(a),
                                                     reinterpret_cast<float64x2_t>(b)));
    else
        return reinterpret_cast<Vector<T>>(vfmaq_f32(reinterpret_cast<float32x4_t>(c),
                                                     reinterpret_cast<float32x4_t>(a),
                                                     reinterpret_cast<float32x4_t>(b)));
#else
    for (int i = 0; i < lanes<T>; ++i) {
        if constexpr (sizeof(T) == 8)
            c[i] = __builtin_fma(a[i], b[i], c[i]);
        else
            c[i] = __builtin_fmaf(a[i], b[i], c[i]);
    }
    return c;
#endif
}

/// The smaller of `x` and `limit`; a NaN in `x` stays.
template <class T>
[[gnu::always_inline]] inline Vector<T> at_most(Vector<T> x, Vector<T> limit) {
#if defined(SAE_ISA_AVX512)
    if constexpr (sizeof(T) == 8)
        return _mm512_maskz_min_pd(0xff, limit, x);
    else
        return _mm512_maskz_min_ps(0xffff, limit, x);
#elif defined(SAE_ISA_AVX2)
    if constexpr (sizeof(T) == 8)
        return _mm256_min_pd(limit, x);
    else
        return _mm256_min_ps(limit, x);
#else
    return limit < x ? limit : x;
#endif
}

/// The larger of `x` and `limit`; a NaN in `x` stays.
template <class T>
[[gnu::always_inline]] inline Vector<T> at_least(Vector<T> x, Vector<T> limit) {
#if defined(SAE_ISA_AVX512)
    if constexpr (sizeof(T) == 8)
        return _mm512_maskz_max_pd(0xff, limit, x);
    else
        return _mm512_maskz_max_ps(0xffff, limit, x);
#elif defined(SAE_ISA_AVX2)
    if constexpr (sizeof(T) == 8)
        return _mm256_max_pd(limit, x);
    else
        return _mm256_max_ps(limit, x);
#else
    return limit > x ? limit : x;
#endif
}

/// Four numbers anywhere in memory.
template <class T>
struct FourOf {
    using type __attribute__((vector_size(4 * sizeof(T)), aligned(alignof(T)), may_alias)) = T;
};
template <class T>
using Four = typename FourOf<T>::type;
/// The same as a value: GCC 14 fails to pass what is aligned less on ARM64.
template <class T>
struct FourValueOf {
    using type __attribute__((vector_size(4 * sizeof(T)))) = T;
};
template <class T>
using FourValue = typename FourValueOf<T>::type;

/// The integers nearest to x * scale, of doubles within int64, ties to even; other doubles give integers
/// without meaning. `scale` is a power of two, so that the product is exact. In two parts, each of which a
/// large number that is added rounds to a whole number in the low bits of the sum: a multiple of 2^26 that is
/// nearest, and the rest. Nothing else in it rounds; fused or not, it is the same.
template <class Integers, class Doubles>
[[gnu::always_inline]] inline Integers nearest_in_parts(Doubles x, Doubles scale) {
    constexpr double rounder = 0x1.8p52;
    constexpr int bits = 26;
    constexpr std::uint64_t of_rounder = 0x4338000000000000;
    constexpr auto surplus = static_cast<std::int64_t>((of_rounder << bits) + of_rounder);
    const Doubles product = x * scale;
    const Doubles high = product * 0x1p-26 + rounder;
    const Doubles low = (product - (high - rounder) * 0x1p26) + rounder;
    return (reinterpret_cast<Integers>(high) << bits) + (reinterpret_cast<Integers>(low) - surplus);
}
#if defined(SAE_ISA_AVX2)
/// The same with the instruction for the products that are subtracted or added.
template <>
[[gnu::always_inline]] inline Vector<std::int64_t> nearest_in_parts(Vector<double> x, Vector<double> scale) {
    const __m256d rounder = _mm256_set1_pd(0x1.8p52);
    const __m256d high = _mm256_fmadd_pd(x, scale * 0x1p-26, rounder);
    const __m256d rest = _mm256_fnmadd_pd(high - rounder, _mm256_set1_pd(0x1p26), x * scale);
    constexpr std::uint64_t of_rounder = 0x4338000000000000;
    constexpr auto surplus = static_cast<std::int64_t>((of_rounder << 26) + of_rounder);
    return (reinterpret_cast<Vector<std::int64_t>>(high) << 26) +
           (reinterpret_cast<Vector<std::int64_t>>(rest + rounder) - surplus);
}
#endif
[[gnu::always_inline]] inline Vector<std::int64_t> nearest_of(Vector<double> x, Vector<double> scale) {
#if defined(SAE_ISA_AVX512)
    return reinterpret_cast<Vector<std::int64_t>>(_mm512_maskz_cvtpd_epi64(0xff, x * scale));
#else
    return nearest_in_parts<Vector<std::int64_t>>(x, scale);
#endif
}
[[gnu::always_inline]] inline FourValue<std::int64_t> nearest(FourValue<double> x, FourValue<double> scale) {
#if defined(SAE_ISA_AVX512)
    return reinterpret_cast<FourValue<std::int64_t>>(_mm256_maskz_cvtpd_epi64(0xf, x * scale));
#else
    return nearest_in_parts<FourValue<std::int64_t>>(x, scale);
#endif
}
[[gnu::always_inline]] inline std::int64_t nearest(double x, double scale) {
    return nearest(FourValue<double>{x, 0, 0, 0}, FourValue<double>{scale, 0, 0, 0})[0];
}

template <class T>
[[gnu::always_inline]] inline Vector<T> load(const T* p) {
    return *reinterpret_cast<const Vector<T>*>(p);
}

/// A vector of doubles from doubles or floats.
[[gnu::always_inline]] inline Vector<double> as_double(const double* p) {
    return load(p);
}
[[gnu::always_inline]] inline Vector<double> as_double(const float* p) {
    using Half = typename HalfOf<float>::type;
    const Half half = *reinterpret_cast<const Half*>(p);
#if defined(SAE_ISA_AVX512)
    return _mm512_maskz_cvtps_pd(0xff, half);  // GCC 12 by itself converts half by half
#else
    return __builtin_convertvector(half, Vector<double>);
#endif
}

template <class T>
[[gnu::always_inline]] inline void store(T* p, Vector<T> x) {
    *reinterpret_cast<Vector<T>*>(p) = x;
}

/// A vector anywhere in memory.
template <class T>
[[gnu::always_inline]] inline Vector<T> load_unaligned(const T* p) {
    return *reinterpret_cast<const typename UnalignedOf<T>::type*>(p);
}
template <class T>
[[gnu::always_inline]] inline void store_unaligned(T* p, Vector<T> x) {
    *reinterpret_cast<typename UnalignedOf<T>::type*>(p) = x;
}

}  // namespace sae::SAE_KERNELS
