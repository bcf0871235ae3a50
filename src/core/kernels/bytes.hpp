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
        return _mm512_maskz_cvtepi32_pd(
            0xff, _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
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

/// Columns [column, column + width) of a tile, 8 or 16 in one panel of bytes, into groups from `g` on.
template <class T, Index width>
inline void widen_panel(BytePanels tile, Index column, Index g, NonzeroGroups<T> x) {
    const std::uint8_t* bytes = row_of(tile, column, 0);
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

using ByteRow = std::uint8_t __attribute__((vector_size(16), may_alias));

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

/// Rows [first, first + count) of the columns of a tile, over 255, into groups of rows, k over the columns.
template <class T>
void widen_rows(BytePanels x, Index first, Index count, Index columns, NonzeroGroups<T> rows) {
    constexpr Index B = byte_panel_width;
    fill(rows.count, pieces(count, B) * (B / nonzero_width), Index{0});
    alignas(64) std::uint8_t block[B * B];
    for (Index c = 0; c < columns; c += B) {
        const Index width = smaller(B, columns - c);
        for (Index r = 0; r < count; r += B) {
            const std::uint8_t* from = row_of(x, c, first + r);
            const std::uint8_t* next = from + x.rows * B;
            for (Index line = 0; line < B * B; line += 64) __builtin_prefetch(next + line);
            transpose_bytes(from, smaller(B, count - r), block);
            Appender<T, B / nonzero_width> groups(rows, r / nonzero_width);
            for (Index i = 0; i < width; ++i) groups.append(block + i * B, c + i);
            groups.finish(rows, r / nonzero_width);
        }
    }
}

}  // namespace sae::SAE_KERNELS
