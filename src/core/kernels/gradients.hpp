#pragma once
#include "phases.hpp"

namespace sae::SAE_KERNELS {

/// Adds a block of a tile's sums to the sums of all tiles: exactly, as integers.
template <class T>
[[gnu::always_inline]] inline void add_block(const T* c, Index rows, Index here, const double* scales,
                                             Index scale_step, std::int64_t* sums, Index row_length) {
    for (Index j = 0; j < rows; ++j) {
        const double scale = scales[j * scale_step];
        std::int64_t* to = sums + j * row_length;
        const T* from = c + j * panel_width<T>;
#pragma GCC ivdep
        for (Index i = 0; i < here; ++i)
            to[i] += static_cast<std::int64_t>(__builtin_rint(static_cast<double>(from[i]) * scale));
    }
}

/// The same with plain sums, where every addition rounds.
template <class T>
[[gnu::always_inline]] inline void add_block(const T* c, Index rows, Index here, const double* /*scales*/,
                                             Index /*scale_step*/, double* sums, Index row_length) {
    for (Index j = 0; j < rows; ++j)
#pragma GCC ivdep
        for (Index i = 0; i < here; ++i)
            sums[j * row_length + i] += static_cast<double>(c[j * panel_width<T> + i]);
}

template <class T, class Sum>
void gradient_w2(const T* a2_transposed, const T* delta3, Index columns, Index hidden_units, Index outputs,
                 double scale, Sum* sums) {
    constexpr Index group = gradient_group * panel_width<T>;
    for (Index first = 0; first < hidden_units; first += group)
        group_product(columns, a2_transposed + first * columns, std::min(group, hidden_units - first), delta3,
                      outputs, [&](Index p, Index s, Index rows, Index here, const T* c) {
                          add_block(c, rows, here, &scale, 0,
                                    sums + s * strip_width * hidden_units + first + p * panel_width<T>,
                                    hidden_units);
                      });
}

/// Rows [first, first + count) of the columns of a tile, over 255, as panels of rows, k over the columns.
template <class T>
void widen_rows(BytePanels x, Index first, Index count, Index columns, T* panels) {
    constexpr Index P = panel_width<T>;
    alignas(64) std::uint8_t block[byte_panel_width * byte_panel_width];
    for (Index r = 0; r < count; r += byte_panel_width) {
        const Index height = std::min(byte_panel_width, count - r);
        for (Index c = 0; c < columns; c += byte_panel_width) {
            const std::uint8_t* from = row_of(x, c, first + r);
            for (Index k = 0; k < height; ++k)
                for (Index i = 0; i < byte_panel_width; ++i)
                    block[i * byte_panel_width + k] = from[k * byte_panel_width + i];
            const Index width = std::min(byte_panel_width, columns - c);
            T* to = panels + (r / P * columns + c) * P + r % P;
            for (Index i = 0; i < width; ++i)
                for (Index k = 0; k < byte_panel_width; k += lanes<T>)
                    store(to + i * P + k, scaled<T>(widened<T>(block + i * byte_panel_width + k)));
        }
    }
}

template <class T, class Sum>
void gradient_w1(BytePanels x, const T* delta2, Index columns, Index hidden_units, const double* scales,
                 T* room, Sum* sums) {
    constexpr Index group = gradient_group * panel_width<T>;
    for (Index first = 0; first < x.rows; first += group) {
        const Index count = std::min(group, x.rows - first);
        widen_rows(x, first, count, columns, room);
        group_product(columns, room, count, delta2, hidden_units,
                      [&](Index p, Index s, Index rows, Index here, const T* c) {
                          add_block(c, rows, here, scales + s * strip_width, 1,
                                    sums + s * strip_width * x.rows + first + p * panel_width<T>, x.rows);
                      });
    }
}

}  // namespace sae::SAE_KERNELS
