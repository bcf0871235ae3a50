#pragma once
#include "bytes.hpp"
#include "group_product.hpp"
#include "transpose.hpp"
#include "unit_product.hpp"

namespace sae::SAE_KERNELS {

/// A tile's sum as what is added to the sums of all tiles: an integer, exactly, or, to compare with, a number
/// of which every addition rounds.
[[gnu::always_inline]] inline std::int64_t addend(double x, double scale, std::int64_t /*sums*/) {
    return static_cast<std::int64_t>(__builtin_rint(x * scale));
}
[[gnu::always_inline]] inline double addend(double x, double /*scale*/, double /*sums*/) {
    return x;
}
[[gnu::always_inline]] inline Vector<std::int64_t> addend(Vector<double> x, Vector<double> scale,
                                                          Vector<std::int64_t> /*sums*/) {
    return nearest(x * scale);
}
[[gnu::always_inline]] inline Vector<double> addend(Vector<double> x, Vector<double> /*scale*/,
                                                    Vector<double> /*sums*/) {
    return x;
}

/// Adds `here` of a tile's sums to the sums of all tiles, or puts them in their place.
template <class T, class Sum>
[[gnu::always_inline]] inline void add_row(const T* from, Index here, double scale, bool first, Sum* to) {
    for (Index i = 0; i < here; ++i) {
        const Sum more = addend(static_cast<double>(from[i]), scale, Sum{});
        to[i] = first ? more : to[i] + more;
    }
}

/// The same for a whole panel.
template <class T, class Sum>
[[gnu::always_inline]] inline void add_panel(const T* from, double scale, bool first, Sum* to) {
    using Sums = typename UnalignedOf<Sum>::type;
    for (Index i = 0; i < panel_width<T>; i += lanes<double>) {
        Sums* const sums = reinterpret_cast<Sums*>(to + i);
        const Sums more = addend(as_double(from + i), broadcast(scale), Vector<Sum>{});
        *sums = first ? more : *sums + more;
    }
}

/// Adds a block c[rows][panel_width] to the sums of all tiles, or puts it in their place.
template <class T, class Sum>
[[gnu::always_inline]] inline void add_block(const T* c, Index rows, Index here, double scale, bool first,
                                             Sum* sums, Index row_length) {
    constexpr Index P = panel_width<T>;
    if (here == P) {
        for (Index j = 0; j < rows; ++j) add_panel(c + j * P, scale, first, sums + j * row_length);
    } else {
        for (Index j = 0; j < rows; ++j) add_row(c + j * P, here, scale, first, sums + j * row_length);
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
                 double scale, bool first_tile, Sum* sums) {
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
                add_block(c, rows, here, scale, first_tile, at(p, s), hidden_units);
            });
    }
}

/// Adds a block c[columns][unit_panel_width] to sums[unit][column], row `unit` by scales[unit], or puts it in
/// their place.
template <class T, class Sum>
[[gnu::always_inline]] inline void add_transposed(const T* c, Index units, Index columns,
                                                  const double* scales, bool first, Sum* sums,
                                                  Index row_length) {
    constexpr Index U = unit_panel_width<T>;
    constexpr Index L = lanes<double>;
    const Index in_vectors = L >= 4 && columns == nonzero_width ? units / L * L : 0;
    if constexpr (L >= 4) {
        using Four = typename FourOf<Sum>::type;
        for (Index unit = 0; unit < in_vectors; unit += L) {
            const Vector<double> scale =
                *reinterpret_cast<const typename UnalignedOf<double>::type*>(scales + unit);
            FourRows<Vector<Sum>> rows{};
            for (Index j = 0; j < nonzero_width; ++j)
                rows.row[j] = addend(as_double(c + j * U + unit), scale, Vector<Sum>{});
            const auto quarters = transpose_four<Sum>(rows);
            const Four* const of_unit = reinterpret_cast<const Four*>(&quarters);
            for (Index l = 0; l < L; ++l) {
                Four* const to = reinterpret_cast<Four*>(sums + (unit + l) * row_length);
                *to = first ? of_unit[l] : *to + of_unit[l];
            }
        }
    }
    for (Index unit = in_vectors; unit < units; ++unit) {
        for (Index j = 0; j < columns; ++j) {
            const Sum more = addend(static_cast<double>(c[j * U + unit]), scales[unit], Sum{});
            Sum& sum = sums[unit * row_length + j];
            sum = first ? more : sum + more;
        }
    }
}

template <class T, class Sum>
void gradient_w1(BytePanels x, const T* delta2, Index columns, Index hidden_units, const double* scales,
                 NonzeroGroups<T> room, bool first_tile, Sum* sums) {
    constexpr Index U = unit_panel_width<T>;
    for (Index first = 0; first < x.rows; first += gradient_rows) {
        const Index count = std::min(gradient_rows, x.rows - first);
        widen_rows(x, first, count, columns, room);
        const auto at = [&](Index u, Index g) { return sums + u * U * x.rows + first + g * nonzero_width; };
        unit_product(
            delta2, columns, hidden_units, room, count,
            [&](Index u, Index g, Index units, Index here) {
                if (first_tile || room.count[g] > 0) prefetch_block(at(u, g), units, here, x.rows);
            },
            [&](Index u, Index g, auto units, auto here, const T* c) {
                if (first_tile || room.count[g] > 0)
                    add_transposed(c, units, here, scales + u * U, first_tile, at(u, g), x.rows);
            });
    }
}

}  // namespace sae::SAE_KERNELS
