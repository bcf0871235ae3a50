#pragma once
#include <algorithm>
#include <type_traits>

#include "logistic.hpp"
#include "micro_product.hpp"

namespace sae::SAE_KERNELS {

template <Index N>
using Size = std::integral_constant<Index, N>;

/// Calls epilogue(panel, strip, rows, c) with each block c[rows][panel_width] of the product of `panels`
/// panels (of `width` numbers in all) and the strips of `rows` rows; strips in the outer loop, so that one
/// stays in the first-level cache while the panels of a group pass by. prologue(panel, strip, rows, width) is
/// called before each. Where the block is whole, which most are, its sizes are constants.
template <class T, class Prologue, class Epilogue>
inline void group_product(Index k, const T* a, Index width, const T* b, Index rows, Prologue prologue,
                          Epilogue epilogue) {
    alignas(64) T c[strip_width * panel_width<T>];
    const Index panels = pieces(width, panel_width<T>);
    const Index strips = pieces(rows, strip_width);
    for (Index s = 0; s < strips; ++s) {
        const Index height = std::min(strip_width, rows - s * strip_width);
        // The next group of panels begins with the first strip again.
        const T* const next = b + (s + 1 < strips ? s + 1 : 0) * k * strip_width;
        for (Index p = 0; p < panels; ++p) {
            const Index here = std::min(panel_width<T>, width - p * panel_width<T>);
            prologue(p, s, height, here);
            block_product(k, a + p * k * panel_width<T>, here, b + s * k * strip_width, height, c,
                          next + p * k * (strip_width / 4));
            if (height == strip_width && here == panel_width<T>)
                epilogue(p, s, Size<strip_width>{}, Size<panel_width<T>>{}, c);
            else
                epilogue(p, s, height, here, c);
        }
    }
}

template <class T, class Epilogue>
inline void group_product(Index k, const T* a, Index width, const T* b, Index rows, Epilogue epilogue) {
    group_product(
        k, a, width, b, rows, [](Index, Index, Index, Index) {}, epilogue);
}

/// Asks for `count` numbers that a block's epilogue will write, while its product is computed.
template <class T>
[[gnu::always_inline]] inline void prefetch_for_write(const T* to, Index count) {
    for (Index i = 0; i < count; i += 64 / static_cast<Index>(sizeof(T))) __builtin_prefetch(to + i, 1);
}

/// Sets the numbers of columns that are not there to 0.
template <class T>
class Mask {
  public:
    explicit Mask(Index columns) {
        for (Index i = 0; i < panel_width<T>; ++i) lane_[i] = i < columns ? T{1} : T{0};
    }
    [[nodiscard]] Vector<T> operator()(Vector<T> x, Index i) const { return x * load(lane_ + i); }

  private:
    alignas(64) T lane_[panel_width<T>];
};

/// Of a whole block: all columns are there.
template <class T>
class NoMask {
  public:
    explicit NoMask(Index /*columns*/) {}
    [[nodiscard]] Vector<T> operator()(Vector<T> x, Index /*i*/) const { return x; }
};

template <class T, class Columns>
using MaskFor = std::conditional_t<std::is_same_v<Columns, Index>, Mask<T>, NoMask<T>>;

template <class T>
void hidden(const T* x, Index columns, const T* w1, const double* b1, Index inputs, Index hidden_units, T* a2,
            T* sums) {
    constexpr Index P = panel_width<T>;
    group_product(inputs, x, columns, w1, hidden_units, [&](Index p, Index s, auto rows, auto here, T* c) {
        const MaskFor<T, decltype(here)> mask(here);
        for (Index j = 0; j < rows; ++j) {
            const Index unit = s * strip_width + j;
            T* to = a2 + (p * hidden_units + unit) * P;
            for (Index i = 0; i < P; i += lanes<T>) {
                const Vector<T> z = load(c + j * P + i) + static_cast<T>(b1[unit]);
                const Vector<T> a = i < here ? mask(logistic<T>(z), i) : Vector<T>{};
                store(to + i, a);
                store(sums + unit * P + i, load(sums + unit * P + i) + a);
            }
        }
    });
}

template <class T>
void output(const T* a2, Index columns, const T* w2, const double* b2, Index hidden_units, Index outputs,
            T* a3) {
    constexpr Index P = panel_width<T>;
    group_product(hidden_units, a2, columns, w2, outputs, [&](Index p, Index s, auto rows, auto here, T* c) {
        for (Index j = 0; j < rows; ++j) {
            const Index unit = s * strip_width + j;
            for (Index i = 0; i < here; i += lanes<T>)
                store(a3 + (p * outputs + unit) * P + i,
                      logistic<T>(load(c + j * P + i) + static_cast<T>(b2[unit])));
        }
    });
}

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

/// The numbers of `even` and `odd` in turns: the first half of them, or the second. A turn is `run` numbers.
template <class T, int run, bool second, std::size_t... I>
[[gnu::always_inline]] inline Vector<T> interleave(Vector<T> even, Vector<T> odd, std::index_sequence<I...>) {
    constexpr int L = lanes<T>;
    return __builtin_shufflevector(even, odd,
                                   (static_cast<int>(I) / (2 * run) * run + static_cast<int>(I) % run +
                                    (second ? L / 2 : 0) + (static_cast<int>(I) / run % 2) * L)...);
}

/// Four rows of a vector's width, row r at c + r * panel_width, into columns of four, column i at
/// to + i * strip_width.
template <class T>
[[gnu::always_inline]] inline void transpose_four(const T* c, T* to) {
    using Four __attribute__((vector_size(4 * sizeof(T)), may_alias)) = T;
    constexpr int L = lanes<T>;
    constexpr auto all = std::make_index_sequence<static_cast<std::size_t>(L)>{};
    const Vector<T> r0 = load(c), r1 = load(c + panel_width<T>), r2 = load(c + 2 * panel_width<T>),
                    r3 = load(c + 3 * panel_width<T>);
    const Vector<T> low01 = interleave<T, 1, false>(r0, r1, all),
                    high01 = interleave<T, 1, true>(r0, r1, all);
    const Vector<T> low23 = interleave<T, 1, false>(r2, r3, all),
                    high23 = interleave<T, 1, true>(r2, r3, all);
    const Vector<T> quarters[4] = {
        interleave<T, 2, false>(low01, low23, all), interleave<T, 2, true>(low01, low23, all),
        interleave<T, 2, false>(high01, high23, all), interleave<T, 2, true>(high01, high23, all)};
    const Four* columns = reinterpret_cast<const Four*>(quarters);
    for (Index i = 0; i < L; ++i) *reinterpret_cast<Four*>(to + i * strip_width) = columns[i];
}

/// c[rows][panel_width] into to[panel_width][strip_width].
template <class T>
[[gnu::always_inline]] inline void transpose_block(const T* c, Index rows, Index here, T* to) {
    if (lanes<T> >= 4 && rows == strip_width && here == panel_width<T>) {
        for (Index i = 0; i < panel_width<T>; i += lanes<T>)
            for (Index j = 0; j < strip_width; j += 4)
                transpose_four(c + j * panel_width<T> + i, to + i * strip_width + j);
        return;
    }
    for (Index i = 0; i < here; ++i)
        for (Index j = 0; j < rows; ++j) to[i * strip_width + j] = c[j * panel_width<T> + i];
}

template <class T>
void output_delta(const T* a2, Index columns, const T* w2, const double* b2, Index hidden_units,
                  Index outputs, BytePanels y, Index column, Index tile_columns, T* delta3, T* strips,
                  T* sums, double* squares) {
    constexpr Index P = panel_width<T>;
    group_product(
        hidden_units, a2, columns, w2, outputs,
        [&](Index p, Index s, Index rows, Index here) {
            prefetch_for_write(delta3 + (p * outputs + s * strip_width) * P, rows * P);
            prefetch_for_write(strips + (s * tile_columns + column + p * P) * strip_width,
                               here * strip_width);
        },
        [&](Index p, Index s, auto rows, auto here, T* c) {
            const MaskFor<T, decltype(here)> mask(here);
            for (Index i = 0; i < here; i += lanes<T>) {
                Vector<T> square{};
                const std::uint8_t* targets = row_of(y, column + p * P + i, s * strip_width);
                for (Index j = 0; j < rows; ++j) {
                    const Index unit = s * strip_width + j;
                    const Vector<T> a3 = logistic<T>(load(c + j * P + i) + static_cast<T>(b2[unit]));
                    const Vector<T> error =
                        mask(a3 - scaled<T>(widened<T>(targets + j * byte_panel_width)), i);
                    const Vector<T> delta = error * (a3 * (T{1} - a3));
                    square = multiply_add<T>(error, error, square);
                    store(c + j * P + i, delta);
                    store(delta3 + (p * outputs + unit) * P + i, delta);
                    store(sums + unit * P + i, load(sums + unit * P + i) + delta);
                }
                for (Index l = 0; l < lanes<T>; ++l)
                    squares[i + l] += static_cast<double>(square[static_cast<int>(l)]);
            }
            transpose_block(c, rows, here, strips + (s * tile_columns + column + p * P) * strip_width);
        });
}

template <class T>
void back(const T* delta3, Index columns, const T* w2_transposed, Index outputs, Index hidden_units, T* g) {
    constexpr Index P = panel_width<T>;
    group_product(outputs, delta3, columns, w2_transposed, hidden_units,
                  [&](Index p, Index s, auto rows, auto here, T* c) {
                      for (Index j = 0; j < rows; ++j)
                          for (Index i = 0; i < here; i += lanes<T>)
                              store(g + (p * hidden_units + s * strip_width + j) * P + i,
                                    load(c + j * P + i));
                  });
}

template <class T>
void hidden_delta(const T* g, const T* a2, Index columns, const double* sparsity, Index hidden_units,
                  T* strips, T* sums) {
    constexpr Index P = panel_width<T>;
    alignas(64) T c[strip_width * P];
    for (Index p = 0; p < pieces(columns, P); ++p) {
        const Index here = std::min(P, columns - p * P);
        for (Index s = 0; s < pieces(hidden_units, strip_width); ++s) {
            const Index rows = std::min(strip_width, hidden_units - s * strip_width);
            for (Index j = 0; j < rows; ++j) {
                const Index unit = s * strip_width + j;
                for (Index i = 0; i < here; i += lanes<T>) {
                    const Index at = (p * hidden_units + unit) * P + i;
                    const Vector<T> a = load(a2 + at);
                    const Vector<T> delta =
                        (load(g + at) + static_cast<T>(sparsity[unit])) * (a * (T{1} - a));
                    store(c + j * P + i, delta);
                    store(sums + unit * P + i, load(sums + unit * P + i) + delta);
                }
            }
            transpose_block(c, rows, here, strips + (s * columns + p * P) * strip_width);
        }
    }
}

template <class T>
void transpose(const T* panels, Index columns, Index rows, T* transposed) {
    constexpr Index P = panel_width<T>;
    for (Index c = 0; c < columns; c += P) {
        const Index width = std::min(P, columns - c);
        for (Index r = 0; r < rows; r += P) {
            const Index height = std::min(P, rows - r);
            const T* from = panels + (c / P * rows + r) * P;
            T* to = transposed + (r / P * columns + c) * P;
            for (Index i = 0; i < width; ++i)
                for (Index j = 0; j < height; ++j) to[i * P + j] = from[j * P + i];
        }
    }
}

}  // namespace sae::SAE_KERNELS
