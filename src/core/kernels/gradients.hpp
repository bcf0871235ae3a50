#pragma once
#include "bytes.hpp"
#include "group_product.hpp"

namespace sae::SAE_KERNELS {

/// A tile's sum as what is added to the sums of all tiles: an integer, exactly, or, to compare with, a number
/// of which every addition rounds.
[[gnu::always_inline]] inline std::int64_t addend(double x, double scale, std::int64_t /*sums*/) {
    return static_cast<std::int64_t>(__builtin_rint(x * scale));
}
[[gnu::always_inline]] inline double addend(double x, double /*scale*/, double /*sums*/) {
    return x;
}
[[gnu::always_inline]] inline Vector<std::int64_t> addend(Vector<double> x, double scale,
                                                          Vector<std::int64_t> /*sums*/) {
    return nearest(x * scale);
}
[[gnu::always_inline]] inline Vector<double> addend(Vector<double> x, double /*scale*/,
                                                    Vector<double> /*sums*/) {
    return x;
}

/// Adds `here` of a tile's sums to the sums of all tiles.
template <class T, class Sum>
[[gnu::always_inline]] inline void add_row(const T* from, Index here, double scale, Sum* to) {
    for (Index i = 0; i < here; ++i) to[i] += addend(static_cast<double>(from[i]), scale, Sum{});
}

/// The same for a whole panel.
template <class T, class Sum>
[[gnu::always_inline]] inline void add_panel(const T* from, double scale, Sum* to) {
    using Sums = typename UnalignedOf<Sum>::type;
    for (Index i = 0; i < panel_width<T>; i += lanes<double>) {
        Sums* const sums = reinterpret_cast<Sums*>(to + i);
        *sums += addend(as_double(from + i), scale, *sums);
    }
}

/// Adds a block of a tile's sums to the sums of all tiles, row j by scales[j * scale_step].
template <class T, class Sum>
[[gnu::always_inline]] inline void add_block(const T* c, Index rows, Index here, const double* scales,
                                             Index scale_step, Sum* sums, Index row_length) {
    constexpr Index P = panel_width<T>;
    if (here == P) {
        for (Index j = 0; j < rows; ++j) add_panel(c + j * P, scales[j * scale_step], sums + j * row_length);
    } else {
        for (Index j = 0; j < rows; ++j)
            add_row(c + j * P, here, scales[j * scale_step], sums + j * row_length);
    }
}

/// The sums of all tiles are larger than the second-level cache: a block's are asked for before its product,
/// which takes longer than they need to arrive.
template <class Sum>
[[gnu::always_inline]] inline void prefetch_block(const Sum* sums, Index rows, Index here, Index row_length) {
    constexpr Index line = 64 / static_cast<Index>(sizeof(Sum));
    for (Index j = 0; j < rows; ++j)
        for (Index i = 0; i < here + line; i += line) __builtin_prefetch(sums + j * row_length + i, 1);
}

template <class T, class Sum>
void gradient_w2(const T* a2_transposed, const T* delta3, Index columns, Index hidden_units, Index outputs,
                 double scale, Sum* sums) {
    constexpr Index P = panel_width<T>;
    constexpr Index group = gradient_group * P;
    for (Index first = 0; first < hidden_units; first += group) {
        const auto at = [&](Index p, Index s) {
            return sums + s * strip_width * hidden_units + first + p * P;
        };
        group_product(
            columns, a2_transposed + first * columns, std::min(group, hidden_units - first), delta3, outputs,
            [&](Index p, Index s, Index rows, Index here) {
                prefetch_block(at(p, s), rows, here, hidden_units);
            },
            [&](Index p, Index s, auto rows, auto here, const T* c) {
                add_block(c, rows, here, &scale, 0, at(p, s), hidden_units);
            });
    }
}

template <class T, class Sum>
void gradient_w1(BytePanels x, const T* delta2, Index columns, Index hidden_units, const double* scales,
                 T* room, Sum* sums) {
    constexpr Index P = panel_width<T>;
    constexpr Index group = gradient_group * P;
    for (Index first = 0; first < x.rows; first += group) {
        const Index count = std::min(group, x.rows - first);
        widen_rows(x, first, count, columns, room);
        const auto at = [&](Index p, Index s) { return sums + s * strip_width * x.rows + first + p * P; };
        group_product(
            columns, room, count, delta2, hidden_units,
            [&](Index p, Index s, Index rows, Index here) { prefetch_block(at(p, s), rows, here, x.rows); },
            [&](Index p, Index s, auto rows, auto here, const T* c) {
                add_block(c, rows, here, scales + s * strip_width, 1, at(p, s), x.rows);
            });
    }
}

}  // namespace sae::SAE_KERNELS
