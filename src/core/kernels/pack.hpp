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

/// Rows of a matrix into panels [first, last) of `width` rows, k over the columns; missing rows become 0.
template <class T, Index width>
void pack(const double* matrix, Index rows, Index columns, Index first, Index last, T* panels) {
    for (Index s = first; s < last; ++s) {
        T* to = panels + s * columns * width;
        const Index height = std::min(width, rows - s * width);
        const double* from = matrix + s * width * columns;
        if (height < width) std::fill(to, to + columns * width, T{0});
        Index j = 0;
        for (; j + 4 <= height; j += 4) pack_four<T, width>(from + j * columns, columns, to + j);
        for (; j < height; ++j)
            for (Index k = 0; k < columns; ++k) to[k * width + j] = static_cast<T>(from[j * columns + k]);
    }
}

template <class T>
void pack_rows(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips) {
    pack<T, strip_width>(matrix, rows, columns, first, last, strips);
}

template <class T>
void pack_units(const double* matrix, Index rows, Index columns, Index first, Index last, T* panels) {
    pack<T, unit_panel_width<T>>(matrix, rows, columns, first, last, panels);
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
