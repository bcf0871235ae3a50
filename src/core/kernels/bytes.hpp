#pragma once
#include <algorithm>

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

template <class T>
[[gnu::always_inline]] inline Vector<T> widened(const std::uint8_t* bytes) {
    using Bytes = typename BytesOf<lanes<T>>::type;
    // In one step GCC 12 converts number by number.
    const auto words =
        __builtin_convertvector(*reinterpret_cast<const Bytes*>(bytes), typename WordsOf<lanes<T>>::type);
    return __builtin_convertvector(words, Vector<T>);
}

/// Where the bytes of row k of the columns from `column` on start.
inline const std::uint8_t* row_of(BytePanels tile, Index column, Index k) {
    return tile.bytes + ((column / byte_panel_width) * tile.rows + k) * byte_panel_width +
           column % byte_panel_width;
}

/// Rows of bytes that widen() asks for before it needs them: the shard lies in slower memory.
inline constexpr Index fetch_ahead = 96;

template <class T>
void widen(BytePanels tile, Index column, Index columns, T* panels) {
    constexpr Index P = panel_width<T>;
    for (Index p = 0; p < pieces(columns, P); ++p, panels += tile.rows * P) {
        const Index here = std::min(P, columns - p * P);
        for (Index i = 0; i < here; i += lanes<T>) {
            const std::uint8_t* bytes = row_of(tile, column + p * P + i, 0);
            for (Index k = 0; k < tile.rows; ++k) {
                __builtin_prefetch(bytes + (k + fetch_ahead) * byte_panel_width);
                store(panels + k * P + i, scaled<T>(widened<T>(bytes + k * byte_panel_width)));
            }
        }
    }
}

/// Rows [first, first + count) of the columns of a tile, over 255, as panels of rows, k over the columns.
template <class T>
void widen_rows(BytePanels x, Index first, Index count, Index columns, T* panels) {
    constexpr Index P = panel_width<T>;
    alignas(64) std::uint8_t block[byte_panel_width * byte_panel_width];
    for (Index c = 0; c < columns; c += byte_panel_width) {
        const Index width = std::min(byte_panel_width, columns - c);
        for (Index r = 0; r < count; r += byte_panel_width) {
            const Index height = std::min(byte_panel_width, count - r);
            const std::uint8_t* from = row_of(x, c, first + r);
            const std::uint8_t* next = from + x.rows * byte_panel_width;
            for (Index line = 0; line < byte_panel_width * byte_panel_width; line += 64)
                __builtin_prefetch(next + line);
            for (Index k = 0; k < height; ++k)
                for (Index i = 0; i < byte_panel_width; ++i)
                    block[i * byte_panel_width + k] = from[k * byte_panel_width + i];
            T* to = panels + (r / P * columns + c) * P + r % P;
            for (Index i = 0; i < width; ++i)
                for (Index k = 0; k < byte_panel_width; k += lanes<T>)
                    store(to + i * P + k, scaled<T>(widened<T>(block + i * byte_panel_width + k)));
        }
    }
}

}  // namespace sae::SAE_KERNELS
