#pragma once
// Private to the kernels: the widest vectors of the instruction set that this file is compiled for.
#include <cstdint>
#include <type_traits>

#include "sae/core/shape.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sae::SAE_KERNELS {

#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif

#if defined(__FMA__) || defined(__aarch64__)
inline constexpr bool fused = true;
#else
inline constexpr bool fused = false;
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

/// a b + c, rounded once where the instruction set can. Said here and nowhere else: a compiler that may fuse
/// products and sums as it likes does so in one loop and not in its twin.
template <class T>
[[gnu::always_inline]] inline Vector<T> multiply_add(Vector<T> a, Vector<T> b, Vector<T> c) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 8)
        return _mm512_fmadd_pd(a, b, c);
    else
        return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__) && defined(__FMA__)
    if constexpr (sizeof(T) == 8)
        return _mm256_fmadd_pd(a, b, c);
    else
        return _mm256_fmadd_ps(a, b, c);
#elif defined(__aarch64__)
    for (int i = 0; i < lanes<T>; ++i) {
        if constexpr (sizeof(T) == 8)
            c[i] = __builtin_fma(a[i], b[i], c[i]);
        else
            c[i] = __builtin_fmaf(a[i], b[i], c[i]);
    }
    return c;
#else
    return a * b + c;
#endif
}

/// The smaller of `x` and `limit`; a NaN in `x` stays.
template <class T>
[[gnu::always_inline]] inline Vector<T> at_most(Vector<T> x, Vector<T> limit) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 8)
        return _mm512_maskz_min_pd(0xff, limit, x);
    else
        return _mm512_maskz_min_ps(0xffff, limit, x);
#else
    return limit < x ? limit : x;
#endif
}

/// The larger of `x` and `limit`; a NaN in `x` stays.
template <class T>
[[gnu::always_inline]] inline Vector<T> at_least(Vector<T> x, Vector<T> limit) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 8)
        return _mm512_maskz_max_pd(0xff, limit, x);
    else
        return _mm512_maskz_max_ps(0xffff, limit, x);
#else
    return limit > x ? limit : x;
#endif
}

/// The integers nearest to doubles within int64, ties to even.
[[gnu::always_inline]] inline Vector<std::int64_t> nearest(Vector<double> x) {
#if defined(__AVX512DQ__)
    return reinterpret_cast<Vector<std::int64_t>>(_mm512_maskz_cvtpd_epi64(0xff, x));
#else
    Vector<std::int64_t> result{};
    for (int i = 0; i < lanes<double>; ++i) result[i] = static_cast<std::int64_t>(__builtin_rint(x[i]));
    return result;
#endif
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
#if defined(__AVX512F__)
    return _mm512_maskz_cvtps_pd(0xff, half);  // GCC 12 by itself converts half by half
#else
    return __builtin_convertvector(half, Vector<double>);
#endif
}

template <class T>
[[gnu::always_inline]] inline void store(T* p, Vector<T> x) {
    *reinterpret_cast<Vector<T>*>(p) = x;
}

}  // namespace sae::SAE_KERNELS
