#pragma once
#include <cstdint>
#include <utility>

#include "plain.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// 1/255 in two parts, the second of which is what the first lacks.
template <class T>
struct Scale255;
template <>
struct Scale255<double> {
    static constexpr double high = 0x1.010101010101p-8;
    static constexpr double low = 0x1.010101010101p-64;
};
template <>
struct Scale255<float> {
    static constexpr float high = 0x1.010102p-8F;
    static constexpr float low = -0x1.fdfdfep-33F;
};

/// Byte / 255, correctly rounded: the product with 1/255 in two parts, the sum of which is rounded once.
template <class T>
[[gnu::always_inline]] inline Vector<T> scaled(Vector<T> byte) {
    return multiply_add<T>(byte, broadcast(Scale255<T>::high), byte * Scale255<T>::low);
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
#if defined(SAE_ISA_AVX512)
    if constexpr (sizeof(T) == 8)
        return _mm512_maskz_cvtepi64_pd(
            0xff, _mm512_maskz_cvtepu8_epi64(0xff, _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
    else
        return _mm512_maskz_cvtepi32_ps(
            0xffff,
            _mm512_maskz_cvtepu8_epi32(0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes))));
#elif defined(SAE_ISA_AVX2)
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

/// Bytes of one row of as many columns as a vector has; half of these may lie in the next panel of bytes.
template <class T>
class ByteRows {
  public:
    /// Of columns [column, column + columns) and of the rows from `k` on; `column` is a multiple of 8.
    ByteRows(BytePanels tile, Index column, Index columns, Index k)
        : low_(row_of(tile, column, k)),
          high_(columns > byte_panel_width / 2 ? row_of(tile, column + byte_panel_width / 2, k) : low_) {}
    /// Row k + n as numbers.
    [[nodiscard, gnu::always_inline]] Vector<T> operator[](Index n) const {
        if constexpr (lanes<T> * 2 <= byte_panel_width) {
            return widened<T>(low_ + n * byte_panel_width);
        } else {
            std::uint64_t both[2];
            __builtin_memcpy(both, low_ + n * byte_panel_width, 8);
            __builtin_memcpy(both + 1, high_ + n * byte_panel_width, 8);
            return widened<T>(reinterpret_cast<const std::uint8_t*>(both));
        }
    }

  private:
    const std::uint8_t* low_;
    const std::uint8_t* high_;
};

/// Rows of bytes that widen() asks for before it needs them: the shard lies in slower memory.
inline constexpr Index fetch_ahead = 96;

/// Where the next rows of `count` neighbouring groups go.
template <class T, Index count>
class Appender {
  public:
    [[gnu::always_inline]] Appender(NonzeroGroups<T> x, Index group) {
        for (Index g = 0; g < count; ++g) {
            const Index at = (group + g) * x.capacity + x.count[group + g];
            numbers_[g] = x.numbers + at * nonzero_width;
            offset_[g] = x.offset + at;
        }
    }

    /// Puts the bytes of a row, over 255, behind the rows of the groups; in a group it counts only if one of
    /// its bytes is not 0.
    [[gnu::always_inline]] void append(const std::uint8_t* bytes, Index row) {
        constexpr Index width = count * nonzero_width;
        // Whole vectors, of which a last one may have bytes to spare.
        alignas(16) std::uint8_t own[byte_panel_width] = {};
        __builtin_memcpy(own, bytes, width);
        std::uint64_t halves[2];
        __builtin_memcpy(halves, own, sizeof halves);
        if ((halves[0] | halves[1]) == 0) return;
        alignas(64) T wide[byte_panel_width];
        for (Index i = 0; i < width; i += lanes<T>) store(wide + i, scaled<T>(widened<T>(own + i)));
        for (Index g = 0; g < count; ++g) {
            *reinterpret_cast<Four<T>*>(numbers_[g]) =
                *reinterpret_cast<const Four<T>*>(wide + g * nonzero_width);
            *offset_[g] =
                static_cast<std::uint32_t>(row * unit_panel_width<T> * static_cast<Index>(sizeof(T)));
            const auto of_group = static_cast<std::uint32_t>(halves[g / 2] >> (g % 2 * 32));
            const Index more = of_group != 0 ? 1 : 0;
            numbers_[g] += more * nonzero_width;
            offset_[g] += more;
        }
    }

    [[gnu::always_inline]] void finish(NonzeroGroups<T> x, Index group) const {
        for (Index g = 0; g < count; ++g)
            x.count[group + g] = offset_[g] - (x.offset + (group + g) * x.capacity);
    }

  private:
    T* numbers_[count];
    std::uint32_t* offset_[count];
};

using ByteRow = std::uint8_t __attribute__((vector_size(16), may_alias));
using ByteQuads = std::uint32_t __attribute__((vector_size(16), may_alias));

[[gnu::always_inline]] inline bool any(ByteQuads mask) {
    std::uint64_t halves[2];
    __builtin_memcpy(halves, &mask, sizeof mask);
    return (halves[0] | halves[1]) != 0;
}

/// Whether, in each of the `rows`, each of the four groups of a panel of bytes has a byte that is not 0.
inline bool all_nonzero(const std::uint8_t* bytes, Index rows) {
    constexpr Index together = 16;
    for (Index k = 0; k < rows; k += together) {
        ByteQuads zero{};
        for (Index i = k; i < smaller(rows, k + together); ++i)
            zero |= *reinterpret_cast<const ByteQuads*>(bytes + i * byte_panel_width) == 0;
        if (any(zero)) return false;
    }
    return true;
}

/// Notes that a group has all rows from 0 on.
template <class T>
inline void note_all(NonzeroGroups<T> x, Index group, Index rows) {
    constexpr auto bytes = static_cast<std::uint32_t>(unit_panel_width<T> * static_cast<Index>(sizeof(T)));
    std::uint32_t* const offset = x.offset + group * x.capacity;
    for (Index n = 0; n < rows; ++n) offset[n] = static_cast<std::uint32_t>(n) * bytes;
    x.count[group] = rows;
}

/// A vector's width of bytes over 255, to `to` and, from the second four on, `stride` numbers further each.
template <class T>
[[gnu::always_inline]] inline void store_fours(const std::uint8_t* bytes, T* to, Index stride) {
    const Vector<T> numbers = scaled<T>(widened<T>(bytes));
    if constexpr (lanes < T >> 4) {
        const auto* const four = reinterpret_cast<const Four<T>*>(&numbers);
        for (Index i = 0; i < lanes<T> / 4; ++i) *reinterpret_cast<Four<T>*>(to + i * stride) = four[i];
    } else {
        store(to, numbers);
    }
}

/// Columns [column, column + width) of a tile, 8 or 16 in one panel of bytes, into groups from `g` on.
template <class T, Index width>
inline void widen_panel(BytePanels tile, Index column, Index g, NonzeroGroups<T> x) {
    const std::uint8_t* bytes = row_of(tile, column, 0);
    if (width == byte_panel_width && all_nonzero(bytes, tile.rows)) {
        constexpr Index W = nonzero_width;
        const Index stride = x.capacity * W;
        T* const numbers = x.numbers + g * stride;
        for (Index k = 0; k < tile.rows; ++k, bytes += byte_panel_width) {
            __builtin_prefetch(bytes + fetch_ahead * byte_panel_width);
            for (Index i = 0; i < width; i += lanes<T>)
                store_fours(bytes + i, numbers + i / W * stride + k * W + i % W, stride);
        }
        for (Index i = 0; i < width / W; ++i) note_all(x, g + i, tile.rows);
        return;
    }
    Appender<T, width / nonzero_width> groups(x, g);
    for (Index k = 0; k < tile.rows; ++k, bytes += byte_panel_width) {
        __builtin_prefetch(bytes + fetch_ahead * byte_panel_width);
        groups.append(bytes, k);
    }
    groups.finish(x, g);
}

template <class T>
void widen(BytePanels tile, Index column, Index columns, NonzeroGroups<T> x) {
    constexpr Index half = byte_panel_width / 2;
    const Index end = column + columns;
    fill(x.count, pieces(columns, half) * (half / nonzero_width), Index{0});
    for (Index g = 0; column < end;) {
        if (column % byte_panel_width != 0 || end - column <= half) {
            widen_panel<T, half>(tile, column, g, x);
            column += half;
            g += half / nonzero_width;
        } else {
            widen_panel<T, byte_panel_width>(tile, column, g, x);
            column += byte_panel_width;
            g += byte_panel_width / nonzero_width;
        }
    }
}

/// Numbers of `a` and `b` in turns: the first half of them, or the second.
template <bool second, std::size_t... I>
[[gnu::always_inline]] inline ByteRow in_turns(ByteRow a, ByteRow b, std::index_sequence<I...> /*all*/) {
    return __builtin_shufflevector(
        a, b, (static_cast<int>(I) / 2 + static_cast<int>(I) % 2 * 16 + (second ? 8 : 0))...);
}

/// Up to 16 rows of 16 columns of bytes, transposed; rows that are not there are 0. In four steps, each of
/// which takes turns between a row and the one eight rows on.
[[gnu::always_inline]] inline void transpose_bytes(const std::uint8_t* from, Index rows, std::uint8_t* to) {
    constexpr Index B = byte_panel_width;
    constexpr auto all = std::make_index_sequence<16>{};
    ByteRow r[2][B];
    for (Index k = 0; k < B; ++k)
        r[0][k] = k < rows ? *reinterpret_cast<const ByteRow*>(from + k * B) : ByteRow{};
#pragma GCC unroll 4
    for (int step = 0; step < 4; ++step) {
        const ByteRow* const in = r[step % 2];
        ByteRow* const out = r[(step + 1) % 2];
#pragma GCC unroll 8
        for (Index k = 0; k < B / 2; ++k) {
            out[2 * k] = in_turns<false>(in[k], in[k + B / 2], all);
            out[2 * k + 1] = in_turns<true>(in[k], in[k + B / 2], all);
        }
    }
    for (Index i = 0; i < B; ++i) *reinterpret_cast<ByteRow*>(to + i * B) = r[0][i];
}

/// Four rows of 16 columns of bytes, over 255, as 16 columns of four numbers.
template <class T>
[[gnu::always_inline]] inline void widen_four_rows(const std::uint8_t* from, T* to) {
    constexpr Index B = byte_panel_width;
    constexpr auto all = std::make_index_sequence<16>{};
    ByteRow row[4], turns[4];
    for (Index k = 0; k < 4; ++k) row[k] = *reinterpret_cast<const ByteRow*>(from + k * B);
    for (Index k = 0; k < 2; ++k) {
        turns[k] = in_turns<false>(row[k], row[k + 2], all);
        turns[k + 2] = in_turns<true>(row[k], row[k + 2], all);
    }
    alignas(64) std::uint8_t columns[4 * B];
    for (Index k = 0; k < 4; k += 2) {
        *reinterpret_cast<ByteRow*>(columns + k * B) = in_turns<false>(turns[k], turns[k + 1], all);
        *reinterpret_cast<ByteRow*>(columns + (k + 1) * B) = in_turns<true>(turns[k], turns[k + 1], all);
    }
    for (Index i = 0; i < 4 * B; i += lanes<T>) store_unaligned(to + i, scaled<T>(widened<T>(columns + i)));
}

/// Whether no column of `panels` panels of bytes, `stride` bytes apart, has four bytes that are 0 in the rows
/// [0, 4), [4, 8), ... [12, 16).
inline bool all_nonzero_rows(const std::uint8_t* bytes, Index panels, Index stride) {
    constexpr Index B = byte_panel_width;
    for (Index p = 0; p < panels; ++p, bytes += stride) {
        ByteRow zero{};
        for (Index r = 0; r < B; r += 4) {
            ByteRow all{};
            for (Index i = 0; i < 4; ++i) all |= *reinterpret_cast<const ByteRow*>(bytes + (r + i) * B);
            zero |= reinterpret_cast<ByteRow>(all == 0);
        }
        if (any(reinterpret_cast<ByteQuads>(zero))) return false;
    }
    return true;
}

/// Rows [first, first + count) of the columns of a tile, over 255, into groups of rows, k over the columns.
template <class T>
void widen_rows(BytePanels x, Index first, Index count, Index columns, NonzeroGroups<T> rows) {
    constexpr Index B = byte_panel_width;
    constexpr Index W = nonzero_width;
    bool all[pieces(gradient_rows, B)];
    for (Index r = 0; r < count; r += B)
        all[r / B] = count - r >= B && columns % B == 0 &&
                     all_nonzero_rows(row_of(x, 0, first + r), columns / B, x.rows * B);
    fill(rows.count, pieces(count, B) * (B / W), Index{0});
    alignas(64) std::uint8_t block[B * B];
    for (Index c = 0; c < columns; c += B) {
        const Index width = smaller(B, columns - c);
        for (Index r = 0; r < count; r += B) {
            const std::uint8_t* from = row_of(x, c, first + r);
            const std::uint8_t* next = from + x.rows * B;
            for (Index line = 0; line < B * B; line += 64) __builtin_prefetch(next + line);
            if (all[r / B]) {
                for (Index i = 0; i < B; i += W)
                    widen_four_rows(from + i * B, rows.numbers + ((r + i) / W * rows.capacity + c) * W);
                continue;
            }
            transpose_bytes(from, smaller(B, count - r), block);
            Appender<T, B / nonzero_width> groups(rows, r / nonzero_width);
            for (Index i = 0; i < width; ++i) groups.append(block + i * B, c + i);
            groups.finish(rows, r / nonzero_width);
        }
    }
    for (Index r = 0; r < count; r += B)
        if (all[r / B])
            for (Index i = 0; i < B; i += W) note_all(rows, (r + i) / W, columns);
}

}  // namespace sae::SAE_KERNELS
