#pragma once
#include <algorithm>
#include <cmath>

#include "sae/core/kernels.hpp"
#include "transpose.hpp"

namespace sae::SAE_KERNELS {

/// Four rows of a matrix, at `from` and behind, into columns of four of a panel of `width`.
template <class T, Index width>
[[gnu::always_inline]] inline void pack_four(const double* from, Index columns, T* to) {
    constexpr Index P = panel_width<T>;
    alignas(64) T block[4 * P];
    for (Index k = 0; k < columns; k += P) {
        const Index here = std::min(P, columns - k);
        for (Index j = 0; j < 4; ++j)
            for (Index i = 0; i < here; ++i) block[j * P + i] = static_cast<T>(from[j * columns + k + i]);
        transpose_block<T, width>(block, 4, here, to + k * width);
    }
}

/// Rows [first, last) of a matrix into panels of `width` rows, k over the columns; `first` and `width` are
/// multiples of four.
template <class T, Index width>
void pack(const double* matrix, Index columns, Index first, Index last, T* panels) {
    for (Index row = first; row < last; row += 4) {
        const double* from = matrix + row * columns;
        T* to = panels + row / width * width * columns + row % width;
        if (row + 4 <= last) {
            pack_four<T, width>(from, columns, to);
            continue;
        }
        for (Index j = 0; j < last - row; ++j)
            for (Index k = 0; k < columns; ++k) to[k * width + j] = static_cast<T>(from[j * columns + k]);
    }
}

template <class T>
void pack_rows(const double* matrix, Index columns, Index first, Index last, T* strips) {
    pack<T, strip_width>(matrix, columns, first, last, strips);
}

template <class T>
void pack_units(const double* matrix, Index columns, Index first, Index last, T* panels) {
    pack<T, unit_panel_width<T>>(matrix, columns, first, last, panels);
}

template <class T>
void pack_columns(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips) {
    for (Index s = first; s < last; ++s) {
        T* to = strips + s * rows * strip_width;
        const Index width = std::min(strip_width, columns - s * strip_width);
        for (Index k = 0; k < rows; ++k, to += strip_width) {
            const double* from = matrix + k * columns + s * strip_width;
            for (Index j = 0; j < strip_width; ++j) to[j] = j < width ? static_cast<T>(from[j]) : T{0};
        }
    }
}

inline void column_magnitudes(const double* matrix, Index rows, Index columns, Index first, Index last,
                              double* sums) {
    std::fill(sums + first, sums + last, 0.0);
    for (Index i = 0; i < rows; ++i)
        for (Index j = first; j < last; ++j) sums[j] += std::abs(matrix[i * columns + j]);
}

}  // namespace sae::SAE_KERNELS
