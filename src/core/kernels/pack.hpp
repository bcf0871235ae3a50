#pragma once
#include <cstdint>
#include <type_traits>

#include "plain.hpp"
#include "transpose.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// A vector's width of doubles anywhere in memory, rounded to T. The intrinsics because GCC 12 by itself
/// takes number by number.
template <class T>
[[gnu::always_inline]] inline Vector<T> rounded(const double* from) {
    if constexpr (std::is_same_v<T, double>) {
        return *reinterpret_cast<const typename UnalignedOf<T>::type*>(from);
    } else {
#if defined(SAE_ISA_AVX512)
        const auto half = [](const double* at) {
            return _mm512_maskz_cvtpd_ps(0xff, _mm512_maskz_loadu_pd(0xff, at));
        };
        return _mm512_maskz_insertf32x8(0xffff, _mm512_castps256_ps512(half(from)), half(from + 8), 1);
#elif defined(SAE_ISA_AVX2)
        return _mm256_set_m128(_mm256_cvtpd_ps(_mm256_loadu_pd(from + 4)),
                               _mm256_cvtpd_ps(_mm256_loadu_pd(from)));
#else
        Vector<T> to{};
        for (int i = 0; i < lanes<T>; ++i) to[i] = static_cast<T>(from[i]);
        return to;
#endif
    }
}

/// How many columns (of a strip: rows) ahead lines are asked for: those that other ranks have read must be
/// had from them before they can be written.
inline constexpr Index pack_ahead = 32;

template <class T>
[[gnu::always_inline]] inline void prefetch_packed(T* to, Index count) {
    for (Index i = 0; i < count; i += 64 / static_cast<Index>(sizeof(T))) __builtin_prefetch(to + i, 1);
}

/// Rows of a matrix, at `from` and behind, into columns of a panel of `width`, one element after the other.
template <class T, Index width>
inline void pack_singly(const double* from, Index columns, Index rows, Index first_column, T* to) {
    for (Index k = first_column; k < columns; ++k)
        for (Index j = 0; j < rows; ++j) to[k * width + j] = static_cast<T>(from[j * columns + k]);
}

/// `rows` rows, a multiple of four, of a matrix likewise, a register's width of columns at a time.
template <class T, Index width, Index rows>
inline void pack_rows_together(const double* from, Index columns, T* to) {
    constexpr Index L = lanes<T>;
    Index k = 0;
    if constexpr (L >= 4) {
        for (; k + L <= columns; k += L) {
            for (Index i = 0; i < L; ++i) prefetch_packed(to + (k + pack_ahead + i) * width, rows);
            for (Index j = 0; j < rows; j += 4) {
                const double* const four = from + j * columns + k;
                const FourRows<Vector<T>> quarters =
                    transpose_four<T>({rounded<T>(four), rounded<T>(four + columns),
                                       rounded<T>(four + 2 * columns), rounded<T>(four + 3 * columns)});
                const auto* const of_column = reinterpret_cast<const Four<T>*>(&quarters);
                for (Index i = 0; i < L; ++i)
                    *reinterpret_cast<Four<T>*>(to + (k + i) * width + j) = of_column[i];
            }
        }
    }
    pack_singly<T, width>(from, columns, rows, k, to);
}

/// Rows [first, last) of a matrix into panels of `width` rows, k over the columns; `together` rows at a time,
/// a multiple of four that divides `first` and `width`, so that what is written is written line by line.
template <class T, Index width, Index together>
void pack(const double* matrix, Index columns, Index first, Index last, T* panels) {
    static_assert(width % together == 0);
    for (Index row = first; row < last; row += together) {
        const double* const from = matrix + row * columns;
        T* const to = panels + row / width * width * columns + row % width;
        if (row + together <= last)
            pack_rows_together<T, width, together>(from, columns, to);
        else
            pack_singly<T, width>(from, columns, last - row, 0, to);
    }
}

template <class T>
void pack_rows(const double* matrix, Index columns, Index first, Index last, T* strips) {
    pack<T, strip_width, strip_width>(matrix, columns, first, last, strips);
}

template <class T>
void pack_units(const double* matrix, Index columns, Index first, Index last, T* panels) {
    pack<T, unit_panel_width<T>, unit_share>(matrix, columns, first, last, panels);
}

/// Copies numbers, rounded, and adds what they are without a sign to `sums`.
template <class T>
[[gnu::always_inline]] inline void copy_adding(const double* from, Index count, T* to, double* sums) {
    for (Index j = 0; j < count; ++j) {
        to[j] = static_cast<T>(from[j]);
        sums[j] += __builtin_fabs(from[j]);
    }
}

/// The same for a strip's width.
template <class T>
[[gnu::always_inline]] inline void copy_adding(const double* from, T* to, double* sums) {
    using Doubles = Four<double>;
    using Bits = Four<std::int64_t>;
    const Bits without_sign = Bits{} + 0x7fffffffffffffff;
    for (Index j = 0; j < strip_width; j += 4) {
        const Doubles four = *reinterpret_cast<const Doubles*>(from + j);
        *reinterpret_cast<Four<T>*>(to + j) = __builtin_convertvector(four, Four<T>);
        *reinterpret_cast<Doubles*>(sums + j) +=
            reinterpret_cast<Doubles>(reinterpret_cast<Bits>(four) & without_sign);
    }
}

/// Rows of which the first strips' parts are read before the next strips'.
inline constexpr Index rows_together = 8;

template <class T>
void pack_columns(const double* matrix, Index rows, Index columns, Index first, Index last, T* strips,
                  double* magnitudes) {
    fill(magnitudes + first * strip_width, smaller(columns, last * strip_width) - first * strip_width, 0.0);
    for (Index row = 0; row < rows; row += rows_together) {
        const Index end = smaller(rows, row + rows_together);
        for (Index s = first; s < last; ++s) {
            const Index width = smaller(strip_width, columns - s * strip_width);
            for (Index k = row; k < end; ++k) {
                const double* const from = matrix + k * columns + s * strip_width;
                T* const to = strips + (s * rows + k) * strip_width;
                prefetch_packed(to + pack_ahead * strip_width, strip_width);
                if (width == strip_width)
                    copy_adding(from, to, magnitudes + s * strip_width);
                else
                    copy_adding(from, width, to, magnitudes + s * strip_width);
            }
        }
    }
}

}  // namespace sae::SAE_KERNELS
