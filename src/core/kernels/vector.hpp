#pragma once
// Private to the kernels: the widest vectors of the instruction set that this file is compiled for.
#include <cstdint>

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

template <class T>
struct VectorOf {
    using type __attribute__((vector_size(vector_bytes))) = T;
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

template <class T>
[[gnu::always_inline]] inline Vector<T> load(const T* p) {
    return *reinterpret_cast<const Vector<T>*>(p);
}

template <class T>
[[gnu::always_inline]] inline void store(T* p, Vector<T> x) {
    *reinterpret_cast<Vector<T>*>(p) = x;
}

}  // namespace sae::SAE_KERNELS
