#pragma once
#include <cstdint>

#include "bytes.hpp"
#include "group_product.hpp"
#include "transpose.hpp"
#include "unit_product.hpp"

namespace sae::SAE_KERNELS {

/// Adds `here` of a tile's sums, by `scale`, to the sums of all tiles, or puts them in their place.
template <class T>
[[gnu::always_inline]] inline void add_row(const T* from, Index here, double scale, bool first,
                                           std::int64_t* to) {
    constexpr Index L = lanes<double>;
    Index i = 0;
    for (; i + L <= here; i += L) {
        const Vector<std::int64_t> more = nearest_of(as_double(from + i), broadcast(scale));
        store_unaligned(to + i, first ? more : load_unaligned(to + i) + more);
    }
    for (; i < here; ++i) {
        const std::int64_t more = nearest(static_cast<double>(from[i]), scale);
        to[i] = first ? more : to[i] + more;
    }
}

/// The sums of all tiles are larger than the second-level cache: a block's are asked for before its product,
/// which takes longer than they need to arrive.
[[gnu::always_inline]] inline void prefetch_block(const std::int64_t* sums, Index rows, Index here,
                                                  Index row_length) {
    constexpr Index line = 64 / static_cast<Index>(sizeof(std::int64_t));
    for (Index j = 0; j < rows; ++j)
        for (Index i = 0; i < here + line; i += line) __builtin_prefetch(sums + j * row_length + i, 1);
}

template <class T>
void gradient_w2(const T* a2, const T* delta3_strips, Index columns, Index hidden_units, Range outputs,
                 Range units, double scale, bool first_tile, std::int64_t* sums) {
    constexpr Index P = panel_width<T>;
    const auto at = [&](Index p, Index s) {
        return sums + (outputs.first + s * strip_width) * hidden_units + units.first + p * P;
    };
    group_product(
        columns, a2 + units.first * columns, units.last - units.first,
        delta3_strips + outputs.first * columns, outputs.last - outputs.first,
        [&](Index p, Index s, Index rows, Index here) { prefetch_block(at(p, s), rows, here, hidden_units); },
        [&](Index p, Index s, auto rows, auto here, const T* c) {
            for (Index j = 0; j < rows; ++j)
                add_row(c + j * P, here, scale, first_tile, at(p, s) + j * hidden_units);
        });
}

/// Adds a block c[columns][unit_panel_width] to sums[unit][column], row `unit` by scales[unit], or puts it in
/// their place.
template <class T>
[[gnu::always_inline]] inline void add_transposed(const T* c, Index units, Index columns,
                                                  const double* scales, bool first, std::int64_t* sums,
                                                  Index row_length) {
    constexpr Index U = unit_panel_width<T>;
    constexpr Index L = lanes<double>;
    const Index in_vectors = L >= 4 && columns == nonzero_width ? units / L * L : 0;
    if constexpr (L >= 4) {
        for (Index unit = 0; unit < in_vectors; unit += L) {
            const Vector<double> scale = load_unaligned(scales + unit);
            FourRows<Vector<std::int64_t>> rows{};
            for (Index j = 0; j < nonzero_width; ++j)
                rows.row[j] = nearest_of(as_double(c + j * U + unit), scale);
            const auto quarters = transpose_four<std::int64_t>(rows);
            const auto* const of_unit = reinterpret_cast<const Four<std::int64_t>*>(&quarters);
            for (Index l = 0; l < L; ++l) {
                auto* const to = reinterpret_cast<Four<std::int64_t>*>(sums + (unit + l) * row_length);
                *to = first ? of_unit[l] : *to + of_unit[l];
            }
        }
    }
    for (Index unit = in_vectors; unit < units; ++unit) {
        for (Index j = 0; j < columns; ++j) {
            const std::int64_t more = nearest(static_cast<double>(c[j * U + unit]), scales[unit]);
            std::int64_t& sum = sums[unit * row_length + j];
            sum = first ? more : sum + more;
        }
    }
}

template <class T>
void gradient_w1(BytePanels x, const T* delta2, Index columns, Range units, Range inputs,
                 const double* scales, NonzeroGroups<T> room, bool first_tile, std::int64_t* sums) {
    constexpr Index U = unit_panel_width<T>;
    delta2 += units.first * columns;
    scales += units.first;
    sums += units.first * x.rows;
    for (Index first = inputs.first; first < inputs.last; first += gradient_rows) {
        const Index count = smaller(gradient_rows, inputs.last - first);
        widen_rows(x, first, count, columns, room);
        const auto at = [&](Index u, Index g) { return sums + u * U * x.rows + first + g * nonzero_width; };
        unit_product(
            delta2, columns, units.last - units.first, room, count,
            [&](Index u, Index g, Index height, Index here) {
                if (first_tile || room.count[g] > 0) prefetch_block(at(u, g), height, here, x.rows);
            },
            [&](Index u, Index g, auto height, auto here, const T* c) {
                if (first_tile || room.count[g] > 0)
                    add_transposed(c, height, here, scales + u * U, first_tile, at(u, g), x.rows);
            });
    }
}

}  // namespace sae::SAE_KERNELS
