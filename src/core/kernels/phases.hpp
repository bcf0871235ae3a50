#pragma once
#include <algorithm>

#include "logistic.hpp"
#include "micro_product.hpp"

namespace sae::SAE_KERNELS {

/// Calls epilogue(panel, strip, rows, c) with each block c[rows][panel_width] of the product of `panels`
/// panels (of `width` numbers in all) and the strips of `rows` rows; strips in the outer loop, so that one
/// stays in the first-level cache while the panels of a group pass by.
template <class T, class Epilogue>
inline void group_product(Index k, const T* a, Index width, const T* b, Index rows, Epilogue epilogue) {
    alignas(64) T c[strip_width * panel_width<T>];
    const Index panels = pieces(width, panel_width<T>);
    for (Index s = 0; s < pieces(rows, strip_width); ++s) {
        const Index height = std::min(strip_width, rows - s * strip_width);
        for (Index p = 0; p < panels; ++p) {
            const Index here = std::min(panel_width<T>, width - p * panel_width<T>);
            block_product(k, a + p * k * panel_width<T>, here, b + s * k * strip_width, height, c);
            epilogue(p, s, height, here, c);
        }
    }
}

/// 1 for the columns that are there, 0 for the others.
template <class T>
struct Mask {
    alignas(64) T lane[panel_width<T>];
    explicit Mask(Index columns) {
        for (Index i = 0; i < panel_width<T>; ++i) lane[i] = i < columns ? T{1} : T{0};
    }
};

template <class T>
void hidden(const T* x, Index columns, const T* w1, const double* b1, Index inputs, Index hidden_units, T* a2,
            T* sums) {
    constexpr Index P = panel_width<T>;
    group_product(inputs, x, columns, w1, hidden_units, [&](Index p, Index s, Index rows, Index here, T* c) {
        const Mask<T> mask(here);
        for (Index j = 0; j < rows; ++j) {
            const Index unit = s * strip_width + j;
            T* to = a2 + (p * hidden_units + unit) * P;
            for (Index i = 0; i < P; i += lanes<T>) {
                const Vector<T> z = load(c + j * P + i) + static_cast<T>(b1[unit]);
                const Vector<T> a = i < here ? logistic<T>(z) * load(mask.lane + i) : Vector<T>{};
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
    group_product(hidden_units, a2, columns, w2, outputs,
                  [&](Index p, Index s, Index rows, Index here, T* c) {
                      for (Index j = 0; j < rows; ++j) {
                          const Index unit = s * strip_width + j;
                          for (Index i = 0; i < here; i += lanes<T>)
                              store(a3 + (p * outputs + unit) * P + i,
                                    logistic<T>(load(c + j * P + i) + static_cast<T>(b2[unit])));
                      }
                  });
}

/// Byte / 255, correctly rounded: a product with 1/255 and, where the product is rounded once only
/// (fused), one Newton step; elsewhere a division.
template <class T>
[[gnu::always_inline]] inline Vector<T> scaled(Vector<T> byte) {
    if constexpr (!fused) return byte / T{255};
    const Vector<T> quotient = byte * (T{1} / T{255});
    const Vector<T> rest = byte - quotient * T{255};
    return quotient + rest * (T{1} / T{255});
}

template <class T>
[[gnu::always_inline]] inline Vector<T> widened(const std::uint8_t* bytes) {
    using Bytes __attribute__((vector_size(lanes<T>), aligned(1))) = std::uint8_t;
    return __builtin_convertvector(*reinterpret_cast<const Bytes*>(bytes), Vector<T>);
}

/// Where the bytes of row k of the columns from `column` on start.
inline const std::uint8_t* row_of(BytePanels tile, Index column, Index k) {
    return tile.bytes + ((column / byte_panel_width) * tile.rows + k) * byte_panel_width +
           column % byte_panel_width;
}

template <class T>
void widen(BytePanels tile, Index column, Index columns, T* panels) {
    constexpr Index P = panel_width<T>;
    for (Index p = 0; p < pieces(columns, P); ++p, panels += tile.rows * P) {
        const Index here = std::min(P, columns - p * P);
        for (Index i = 0; i < here; i += lanes<T>) {
            const std::uint8_t* bytes = row_of(tile, column + p * P + i, 0);
            for (Index k = 0; k < tile.rows; ++k)
                store(panels + k * P + i, scaled<T>(widened<T>(bytes + k * byte_panel_width)));
        }
    }
}

/// c[rows][panel_width] into to[panel_width][strip_width].
template <class T>
[[gnu::always_inline]] inline void transpose_block(const T* c, Index rows, Index here, T* to) {
    for (Index i = 0; i < here; ++i)
        for (Index j = 0; j < rows; ++j) to[i * strip_width + j] = c[j * panel_width<T> + i];
}

template <class T>
void output_delta(const T* a2, Index columns, const T* w2, const double* b2, Index hidden_units,
                  Index outputs, BytePanels y, Index column, Index tile_columns, T* delta3, T* strips,
                  T* sums, double* squares) {
    constexpr Index P = panel_width<T>;
    group_product(
        hidden_units, a2, columns, w2, outputs, [&](Index p, Index s, Index rows, Index here, T* c) {
            const Mask<T> mask(here);
            for (Index i = 0; i < here; i += lanes<T>) {
                Vector<T> square{};
                const std::uint8_t* targets = row_of(y, column + p * P + i, s * strip_width);
                for (Index j = 0; j < rows; ++j) {
                    const Index unit = s * strip_width + j;
                    const Vector<T> a3 = logistic<T>(load(c + j * P + i) + static_cast<T>(b2[unit]));
                    const Vector<T> error =
                        (a3 - scaled<T>(widened<T>(targets + j * byte_panel_width))) * load(mask.lane + i);
                    const Vector<T> delta = error * (a3 * (T{1} - a3));
                    square += error * error;
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
                  [&](Index p, Index s, Index rows, Index here, T* c) {
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
