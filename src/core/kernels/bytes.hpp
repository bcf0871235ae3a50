#pragma once
#include <algorithm>
#include <cstring>

#include "sae/core/kernels.hpp"
#include "vector.hpp"

namespace sae::SAE_KERNELS {

/// Byte / 255: the product with 1/255 in two parts, the sum of which is rounded once where the instruction
/// set can; elsewhere a division.
template <class T>
[[gnu::always_inline]] inline Vector<T> scaled(Vector<T> byte) {
    if constexpr (!fused) return byte / T{255};
    constexpr T high = T{1} / T{255};
    constexpr T low = static_cast<T>((1 - static_cast<long double>(high) * 255) / 255);
    return multiply_add<T>(byte, broadcast(high), byte * low);
}

template <int N>
struct BytesOf {
    using type __attribute__((vector_size(N), aligned(1))) = std::uint8_t;
};
template <int N>
struct WordsOf {
    using type __attribute__((vector_size(4 * N))) = std::int32_t;
};

/// A vector's width of bytes as numbers. The intrinsics because GCC 12 by itself takes byte by byte.
template <class T>
[[gnu::always_inline]] inline Vector<T> widened(const std::uint8_t* bytes) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 8)
        return _mm512_maskz_cvtepi32_pd(
            0xff, _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
    else
        return _mm512_maskz_cvtepi32_ps(
            0xffff,
            _mm512_maskz_cvtepu8_epi32(0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes))));
#elif defined(__AVX2__)
    if constexpr (sizeof(T) == 8)
        return _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_loadu_si32(bytes)));
    else
        return _mm256_cvtepi32_ps(
            _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
#else
    using Bytes = typename BytesOf<lanes<T> >::type;
    const auto words =
        __builtin_convertvector(*reinterpret_cast<const Bytes*>(bytes), typename WordsOf<lanes<T> >::type);
    return __builtin_convertvector(words, Vector<T>);
#endif
}

/// Where the bytes of row k of the columns from `column` on start.
inline const std::uint8_t* row_of(BytePanels tile, Index column, Index k) {
    return tile.bytes + ((column / byte_panel_width) * tile.rows + k) * byte_panel_width +
           column % byte_panel_width;
}

/// Rows of bytes that widen() asks for before it needs them: the shard lies in slower memory.
inline constexpr Index fetch_ahead = 96;

/// Puts a row's 16 bytes over 255 behind the rows of four groups each, from group `g` on; in a group it
/// counts only if one of the four is not 0.
template <class T>
[[gnu::always_inline]] inline void append_row(const std::uint8_t* bytes, Index row, Index g,
                                              NonzeroGroups<T> x) {
    constexpr Index W = nonzero_width;
    std::uint64_t halves[2];
    std::memcpy(halves, bytes, sizeof halves);
    if ((halves[0] | halves[1]) == 0) return;
    alignas(64) T wide[byte_panel_width];
    for (Index i = 0; i < byte_panel_width; i += lanes<T>) store(wide + i, scaled<T>(widened<T>(bytes + i)));
    for (Index i = 0; i < byte_panel_width; i += W, ++g) {
        const Index at = g * x.capacity + x.count[g];
        std::memcpy(x.numbers + at * W, wide + i, W * sizeof(T));
        x.offset[at] = static_cast<std::uint32_t>(row * unit_panel_width<T>);
        std::uint32_t any = 0;
        std::memcpy(&any, bytes + i, W);
        x.count[g] += any != 0;
    }
}

inline constexpr Index groups_of_panel = byte_panel_width / nonzero_width;

template <class T>
void widen(BytePanels tile, Index column, Index columns, NonzeroGroups<T> x) {
    const Index panels = pieces(columns, byte_panel_width);
    std::fill_n(x.count, panels * groups_of_panel, Index{0});
    for (Index p = 0; p < panels; ++p) {
        const std::uint8_t* bytes = row_of(tile, column + p * byte_panel_width, 0);
        for (Index k = 0; k < tile.rows; ++k, bytes += byte_panel_width) {
            __builtin_prefetch(bytes + fetch_ahead * byte_panel_width);
            append_row(bytes, k, p * groups_of_panel, x);
        }
    }
}

/// Up to 16 rows of 16 columns of bytes, transposed; rows that are not there are 0.
[[gnu::always_inline]] inline void transpose_bytes(const std::uint8_t* from, Index rows, std::uint8_t* to) {
    for (Index k = 0; k < byte_panel_width; ++k)
        for (Index i = 0; i < byte_panel_width; ++i)
            to[i * byte_panel_width + k] = k < rows ? from[k * byte_panel_width + i] : std::uint8_t{0};
}

/// Rows [first, first + count) of the columns of a tile, over 255, into groups of rows, k over the columns.
template <class T>
void widen_rows(BytePanels x, Index first, Index count, Index columns, NonzeroGroups<T> rows) {
    std::fill_n(rows.count, pieces(count, byte_panel_width) * groups_of_panel, Index{0});
    alignas(64) std::uint8_t block[byte_panel_width * byte_panel_width];
    for (Index c = 0; c < columns; c += byte_panel_width) {
        const Index width = std::min(byte_panel_width, columns - c);
        for (Index r = 0; r < count; r += byte_panel_width) {
            const std::uint8_t* from = row_of(x, c, first + r);
            const std::uint8_t* next = from + x.rows * byte_panel_width;
            for (Index line = 0; line < byte_panel_width * byte_panel_width; line += 64)
                __builtin_prefetch(next + line);
            transpose_bytes(from, std::min(byte_panel_width, count - r), block);
            for (Index i = 0; i < width; ++i)
                append_row(block + i * byte_panel_width, c + i, r / nonzero_width, rows);
        }
    }
}

}  // namespace sae::SAE_KERNELS
