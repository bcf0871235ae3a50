#pragma once
#include <utility>

#include "plain.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// Parts of a strip that are register blocks of their own.
inline constexpr Index strip_parts = strip_width / block_strip;

/// Bytes that a row of micro_product fetches: the next strip is there after the parts of this one and four
/// panels.
template <class T>
inline constexpr Index fetched_bytes = strip_width* static_cast<Index>(sizeof(T)) / (4 * strip_parts);

/// c[j][i] = sum over k of b[k][j] a[k][i], one fused multiply-add after the other in the order of k, for
/// `N` columns of a strip and `V` vectors of a panel, on top of c if there are `more` before these. All sums
/// stay in registers. Every element sees the same chain of operations at any vector width. What is at `next`
/// and behind is fetched into the second-level cache meanwhile.
template <class T, int V, int N, bool more>
void micro_product(Index k, const T* __restrict a, const T* __restrict b, T* __restrict c, const char* next) {
    constexpr int L = lanes<T>;
    Vector<T> sum[N][V];
#pragma GCC unroll 12
    for (int j = 0; j < N; ++j)
#pragma GCC unroll 4
        for (int i = 0; i < V; ++i) sum[j][i] = more ? load(c + j * panel_width<T> + i * L) : Vector<T>{};
#pragma GCC unroll 2
    for (Index p = 0; p < k; ++p, a += panel_width<T>, b += strip_width, next += fetched_bytes<T>) {
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
using MicroProduct = void (*)(Index, const T*, const T*, T*, const char*);

template <class T, int V, bool more, class Counts>
struct MicroProducts;
template <class T, int V, bool more, int... N>
struct MicroProducts<T, V, more, std::integer_sequence<int, N...>> {
    static constexpr MicroProduct<T> of[] = {&micro_product<T, V, N + 1, more>...};
};

/// A block of a product over `k` rows: `width` numbers of a panel (rounded up to half a panel), `rows`
/// columns of a strip, into c[row][panel_width], or on top of it if there are `more` rows before these;
/// `next` as in micro_product.
template <class T, bool more>
inline void block_product(Index k, const T* a, Index width, const T* b, Index rows, T* c, const char* next) {
    using Counts = std::make_integer_sequence<int, block_strip>;
    const auto& micro = width > panel_width<T> / 2 ? MicroProducts<T, block_vectors, more, Counts>::of
                                                   : MicroProducts<T, block_vectors / 2, more, Counts>::of;
    for (Index j = 0; j < rows; j += block_strip, next += k * fetched_bytes<T>)
        micro[smaller(rows - j, block_strip) - 1](k, a, b + j, c + j * panel_width<T>, next);
}

}  // namespace sae::SAE_KERNELS
