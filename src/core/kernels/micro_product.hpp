#pragma once
#include <utility>

#include "plain.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

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
#pragma GCC unroll 4
        for (int i = 0; i < V; ++i) sum[j][i] = Vector<T>{};
    for (Index p = 0; p < k; ++p, a += panel_width<T>, b += strip_width, next += strip_width / 4) {
        Vector<T> column[V];
#pragma GCC unroll 4
        for (int i = 0; i < V; ++i) column[i] = load(a + i * L);
        __builtin_prefetch(a + 16 * panel_width<T>);
        __builtin_prefetch(next, 0, 2);
#pragma GCC unroll 12
        for (int j = 0; j < N; ++j) {
            const Vector<T> row = broadcast(b[j]);
#pragma GCC unroll 4
            for (int i = 0; i < V; ++i) sum[j][i] = multiply_add<T>(column[i], row, sum[j][i]);
        }
    }
#pragma GCC unroll 12
    for (int j = 0; j < N; ++j)
#pragma GCC unroll 4
        for (int i = 0; i < V; ++i) store(c + j * panel_width<T> + i * L, sum[j][i]);
}

template <class T>
using MicroProduct = void (*)(Index, const T*, const T*, T*, const T*);

template <class T, int V, class Counts>
struct MicroProducts;
template <class T, int V, int... N>
struct MicroProducts<T, V, std::integer_sequence<int, N...>> {
    static constexpr MicroProduct<T> of[] = {&micro_product<T, V, N + 1>...};
};

/// A block of a product: `width` numbers of a panel (rounded up to half a panel), `rows` columns of a strip,
/// into c[row][panel_width]; `next` as in micro_product.
template <class T>
inline void block_product(Index k, const T* a, Index width, const T* b, Index rows, T* c, const T* next) {
    using Counts = std::make_integer_sequence<int, block_strip>;
    const auto& micro = width > panel_width<T> / 2 ? MicroProducts<T, block_vectors, Counts>::of
                                                   : MicroProducts<T, block_vectors / 2, Counts>::of;
    for (Index j = 0; j < rows; j += block_strip)
        micro[smaller(rows - j, block_strip) - 1](k, a, b + j, c + j * panel_width<T>, next);
}

}  // namespace sae::SAE_KERNELS
