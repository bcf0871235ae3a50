#pragma once
#include <utility>

#include "plain.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// c[j][i] = sum over the `k` rows n of a group of x[n][j] times the row of `a` that is offset[n] bytes on,
/// one fused multiply-add after the other in the order of n, for `N` columns of the group and `V` vectors of
/// a panel of units. Fewer numbers are read for a multiply-add than by micro_product, which the rows that are
/// passed over leave no time for. Rows of `a` are fetched ahead, or else what is at `next` and behind, a line
/// a row, into the second-level cache.
template <class T, int V, int N>
void unit_micro(Index k, const T* __restrict a, const std::uint32_t* __restrict offset, const T* __restrict x,
                T* __restrict c, const T* next) {
    constexpr int L = lanes<T>;
    Vector<T> sum[N][V];
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j)
#pragma GCC unroll 6
        for (int i = 0; i < V; ++i) sum[j][i] = Vector<T>{};
#pragma GCC unroll 4
    for (Index n = 0; n < k; ++n, x += nonzero_width, next += 64 / sizeof(T)) {
        const T* const row = reinterpret_cast<const T*>(reinterpret_cast<const char*>(a) + offset[n]);
        Vector<T> units[V];
#pragma GCC unroll 6
        for (int i = 0; i < V; ++i) units[i] = load(row + i * L);
        if constexpr (rows_ahead > 0) {
            const char* const later = reinterpret_cast<const char*>(a) + offset[n + rows_ahead];
#pragma GCC unroll 6
            for (int i = 0; i < V * vector_bytes; i += 64) __builtin_prefetch(later + i);
        } else {
            __builtin_prefetch(next, 0, 2);
        }
#pragma GCC unroll 4
        for (int j = 0; j < N; ++j) {
            const Vector<T> column = broadcast(x[j]);
#pragma GCC unroll 6
            for (int i = 0; i < V; ++i) sum[j][i] = multiply_add<T>(units[i], column, sum[j][i]);
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j)
#pragma GCC unroll 6
        for (int i = 0; i < V; ++i) store(c + j * unit_panel_width<T> + i * L, sum[j][i]);
}

template <class T>
using UnitMicro = void (*)(Index, const T*, const std::uint32_t*, const T*, T*, const T*);

/// For 1, 2, ... unit_vectors vectors, and for each 1 to nonzero_width columns.
template <class T, class All>
struct UnitMicros;
template <class T, int... I>
struct UnitMicros<T, std::integer_sequence<int, I...>> {
    static constexpr UnitMicro<T> of[] = {&unit_micro<T, I / nonzero_width + 1, I % nonzero_width + 1>...};
};

/// Calls epilogue(panel, group, units, columns, c) with each block c[columns][unit_panel_width] of the
/// product of panels of units (of `units` in all, of `rows` rows each) and groups of columns (of `columns` in
/// all), after prologue(panel, group, units, columns). Where a block is whole, its sizes are constants.
template <class T, class Prologue, class Epilogue>
inline void unit_product(const T* panels, Index rows, Index units, NonzeroGroups<T> x, Index columns,
                         Prologue prologue, Epilogue epilogue) {
    using Micros =
        UnitMicros<T, std::make_integer_sequence<int, unit_vectors* static_cast<int>(nonzero_width)>>;
    constexpr Index U = unit_panel_width<T>;
    constexpr Index L = lanes<T>;
    alignas(64) T c[nonzero_width * U];
    const Index groups = pieces(columns, nonzero_width);
    for (Index u = 0; u < pieces(units, U); ++u) {
        const Index height = smaller(U, units - u * U);
        const Index vectors = pieces(height, L);
        const T* const panel = panels + u * rows * U;
        for (Index g = 0; g < groups; ++g) {
            const Index width = smaller(nonzero_width, columns - g * nonzero_width);
            const T* const next = panel + (rows + g * rows / groups) * U;
            prologue(u, g, height, width);
            for (Index v = 0; v < vectors; v += unit_vectors) {
                const Index count = smaller(unit_vectors, vectors - v);
                Micros::of[(count - 1) * nonzero_width + width - 1](
                    x.count[g], panel + v * L, x.offset + g * x.capacity,
                    x.numbers + g * x.capacity * nonzero_width, c + v * L, next);
            }
            if (height == U && width == nonzero_width)
                epilogue(u, g, Size<U>{}, Size<nonzero_width>{}, c);
            else
                epilogue(u, g, height, width, c);
        }
    }
}

}  // namespace sae::SAE_KERNELS
