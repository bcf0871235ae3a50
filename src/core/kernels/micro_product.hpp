#pragma once
#include <array>
#include <utility>

#include "sae/core/kernels.hpp"
#include "vector.hpp"

namespace sae::SAE_KERNELS {

/// Columns of a strip that one register block covers: 12 with 32 registers, 6 with 16.
inline constexpr int block_strip = vector_bytes == 64 ? strip_width : strip_width / 2;
/// Vectors of a panel that one register block covers.
inline constexpr int block_vectors = 2;

/// c[j][i] = sum over k of b[k][j] a[k][i], one fused multiply-add after the other in the order of k, for
/// `N` columns of a strip and `block_vectors` vectors of a panel. All sums stay in registers. Every element
/// sees the same chain of operations at any vector width. What is at `next` and behind, a quarter of the size
/// of the strip, is fetched into the second-level cache meanwhile.
template <class T, int V, int N>
void micro_product(Index k, const T* __restrict a, const T* __restrict b, T* __restrict c, const T* next) {
    constexpr int L = lanes<T>;
    Vector<T> sum[N][V];
#pragma GCC unroll 12
    for (int j = 0; j < N; ++j)
#pragma GCC unroll 2
        for (int i = 0; i < V; ++i) sum[j][i] = Vector<T>{};
    for (Index p = 0; p < k; ++p, a += panel_width<T>, b += strip_width, next += strip_width / 4) {
        Vector<T> column[V];
        for (int i = 0; i < V; ++i) column[i] = load(a + i * L);
        __builtin_prefetch(a + 16 * panel_width<T>);
        __builtin_prefetch(next, 0, 2);
#pragma GCC unroll 12
        for (int j = 0; j < N; ++j) {
            const Vector<T> row = broadcast(b[j]);
#pragma GCC unroll 2
            for (int i = 0; i < V; ++i) sum[j][i] = multiply_add<T>(column[i], row, sum[j][i]);
        }
    }
#pragma GCC unroll 12
    for (int j = 0; j < N; ++j)
#pragma GCC unroll 2
        for (int i = 0; i < V; ++i) store(c + j * panel_width<T> + i * L, sum[j][i]);
}

template <class T>
using MicroProduct = void (*)(Index, const T*, const T*, T*, const T*);

template <class T, int V, int... N>
constexpr std::array<MicroProduct<T>, sizeof...(N)> micro_products(std::integer_sequence<int, N...>) {
    return {&micro_product<T, V, N + 1>...};
}

/// A block of a product: `width` numbers of a panel (rounded up to half a panel), `rows` columns of a strip,
/// into c[row][panel_width]; `next` as in micro_product.
template <class T>
inline void block_product(Index k, const T* a, Index width, const T* b, Index rows, T* c, const T* next) {
    static constexpr auto table =
        micro_products<T, block_vectors>(std::make_integer_sequence<int, block_strip>{});
    static constexpr auto narrow = micro_products<T, 1>(std::make_integer_sequence<int, block_strip>{});
    constexpr Index L = lanes<T>;
    constexpr Index half = panel_width<T> / 2;
    const Index columns = width > half ? 2 * half : half;
    for (Index i = 0; i < columns;) {
        const bool whole = columns - i >= block_vectors * L;
        for (Index j = 0; j < rows; j += block_strip) {
            const Index count = rows - j < block_strip ? rows - j : block_strip;
            const auto& micro = whole ? table : narrow;
            micro[static_cast<std::size_t>(count - 1)](k, a + i, b + j, c + j * panel_width<T> + i, next);
        }
        i += whole ? block_vectors * L : L;
    }
}

}  // namespace sae::SAE_KERNELS
