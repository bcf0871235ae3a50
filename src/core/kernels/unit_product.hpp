#pragma once
#include <utility>

#include "plain.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// c[j][i] = sum over the `k` rows n of a group of x[n][j] times the row of `a` that is offset[n] bytes on,
/// one fused multiply-add after the other in the order of n, for `N` columns of the group and `V` vectors of
/// a panel of units. It reads fewer numbers for a multiply-add than micro_product. It prefetches later rows
/// of `a` or, if rows_ahead is 0, one cache line for each row from `next` on into the second-level cache.
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

/// The same for two groups that have all of the `k` rows. Nothing is passed over, so the rows of `a` follow
/// each other, and more columns share what is read of them. What is at `next` and behind is fetched into the
/// second-level cache, `step` bytes a row.
template <class T, int V>
void dense_micro(Index k, const T* __restrict a, const T* __restrict x0, const T* __restrict x1,
                 T* __restrict c, const char* next, Index step) {
    constexpr int L = lanes<T>;
    constexpr int W = static_cast<int>(nonzero_width);
    Vector<T> sum[2 * W][V];
#pragma GCC unroll 8
    for (int j = 0; j < 2 * W; ++j)
#pragma GCC unroll 6
        for (int i = 0; i < V; ++i) sum[j][i] = Vector<T>{};
#pragma GCC unroll 2
    for (Index n = 0; n < k; ++n, a += unit_panel_width<T>, x0 += W, x1 += W, next += step) {
        Vector<T> units[V];
#pragma GCC unroll 6
        for (int i = 0; i < V; ++i) units[i] = load(a + i * L);
        __builtin_prefetch(next, 0, 2);
#pragma GCC unroll 8
        for (int j = 0; j < 2 * W; ++j) {
            const Vector<T> column = broadcast(j < W ? x0[j] : x1[j - W]);
#pragma GCC unroll 6
            for (int i = 0; i < V; ++i) sum[j][i] = multiply_add<T>(units[i], column, sum[j][i]);
        }
    }
#pragma GCC unroll 8
    for (int j = 0; j < 2 * W; ++j)
#pragma GCC unroll 6
        for (int i = 0; i < V; ++i) store(c + j * unit_panel_width<T> + i * L, sum[j][i]);
}

template <class T>
using DenseMicro = void (*)(Index, const T*, const T*, const T*, T*, const char*, Index);

/// For 1, 2, ... dense_vectors vectors.
template <class T, class All>
struct DenseMicros;
template <class T, int... I>
struct DenseMicros<T, std::integer_sequence<int, I...>> {
    static constexpr DenseMicro<T> of[] = {&dense_micro<T, I + 1>...};
};

/// Whether dense_micro() computes the groups g and g + 1 of `columns` columns: both are whole and have all
/// `rows`.
template <class T>
[[gnu::always_inline]] inline bool dense(NonzeroGroups<T> x, Index g, Index columns, Index rows) {
    return dense_vectors > 0 && columns >= (g + 2) * nonzero_width && x.count[g] == rows &&
           x.count[g + 1] == rows;
}

/// The block of such groups and of `vectors` vectors of a panel. All blocks of a panel fetch the panel
/// `next`.
template <class T>
inline void dense_block(const T* panel, Index rows, Index vectors, NonzeroGroups<T> x, Index g, Index groups,
                        T* c, const T* next) {
    if constexpr (dense_vectors > 0) {
        using Micros = DenseMicros<T, std::make_integer_sequence<int, dense_vectors>>;
        const Index calls = pieces(vectors, dense_vectors);
        const Index step = pieces(unit_panel_width<T> * static_cast<Index>(sizeof(T)), groups / 2 * calls);
        const char* fetched = reinterpret_cast<const char*>(next) + g / 2 * calls * rows * step;
        const T* const x0 = x.numbers + g * x.capacity * nonzero_width;
        const T* const x1 = x0 + x.capacity * nonzero_width;
        for (Index call = 0; call < calls; ++call, fetched += rows * step) {
            const Index v = call * vectors / calls, count = (call + 1) * vectors / calls - v;
            Micros::of[count - 1](rows, panel + v * lanes<T>, x0, x1, c + v * lanes<T>, fetched, step);
        }
    }
}

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
    alignas(64) T c[2 * nonzero_width * U];
    const Index groups = pieces(columns, nonzero_width);
    for (Index u = 0; u < pieces(units, U); ++u) {
        const Index height = smaller(U, units - u * U);
        const Index vectors = pieces(height, L);
        const T* const panel = panels + u * rows * U;
        // The next groups of columns begin with the first panel again.
        const T* const next = (u + 1) * U < units ? panel + rows * U : panels;
        const auto finish = [&](Index g, Index width, T* of_group) {
            if (height == U && width == nonzero_width)
                epilogue(u, g, Size<U>{}, Size<nonzero_width>{}, of_group);
            else
                epilogue(u, g, height, width, of_group);
        };
        for (Index g = 0; g < groups; ++g) {
            const Index width = smaller(nonzero_width, columns - g * nonzero_width);
            prologue(u, g, height, width);
            if (dense(x, g, columns, rows)) {
                prologue(u, g + 1, height, nonzero_width);
                dense_block(panel, rows, vectors, x, g, groups, c, next);
                finish(g, nonzero_width, c);
                finish(++g, nonzero_width, c + nonzero_width * U);
                continue;
            }
            for (Index v = 0; v < vectors; v += unit_vectors) {
                const Index count = smaller(unit_vectors, vectors - v);
                Micros::of[(count - 1) * nonzero_width + width - 1](
                    x.count[g], panel + v * L, x.offset + g * x.capacity,
                    x.numbers + g * x.capacity * nonzero_width, c + v * L, next + g * rows / groups * U);
            }
            finish(g, width, c);
        }
    }
}

}  // namespace sae::SAE_KERNELS
