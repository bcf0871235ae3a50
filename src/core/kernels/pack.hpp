#pragma once
#include <algorithm>
#include <cmath>

#include "sae/core/kernels.hpp"

namespace sae::SAE_KERNELS {

template <class T>
void pack_rows(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips) {
    for (Index s = first; s < last; ++s) {
        T* to = strips + s * columns * strip_width;
        const Index height = std::min(strip_width, rows - s * strip_width);
        if (height < strip_width) std::fill(to, to + columns * strip_width, T{0});
        for (Index j = 0; j < height; ++j) {
            const double* from = matrix + (s * strip_width + j) * columns;
            for (Index k = 0; k < columns; ++k) to[k * strip_width + j] = static_cast<T>(from[k]);
        }
    }
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
