#pragma once
#include <cstdint>

#include "bytes.hpp"
#include "column_sums.hpp"
#include "group_product.hpp"
#include "logistic.hpp"
#include "transpose.hpp"
#include "unit_product.hpp"

namespace sae::SAE_KERNELS {

/// Asks for `count` numbers that a block's epilogue will write, while its product is computed.
template <class T>
[[gnu::always_inline]] inline void prefetch_for_write(const T* to, Index count) {
    for (Index i = 0; i < count; i += 64 / static_cast<Index>(sizeof(T))) __builtin_prefetch(to + i, 1);
}

template <class T>
void hidden(NonzeroGroups<T> x, Index columns, const T* w1, const T* b1, Index inputs, Index hidden_units,
            T* a2, Index tile_columns, T* group_sums) {
    constexpr Index P = panel_width<T>;
    const Index padded = pieces(hidden_units, P) * P;
    unit_product(
        w1, inputs, hidden_units, x, columns, [](Index, Index, Index, Index) {},
        [&](Index u, Index g, auto units, auto here, const T* c) {
            // Half a column group: the second half is added to the first, which is there already.
            T* const sums = group_sums + g / 2 * padded;
            for (Index i = 0; i < units; i += lanes<T>) {
                const Index unit = u * unit_panel_width<T> + i;
                T* const to = a2 + (unit / P * tile_columns + g * nonzero_width) * P + unit % P;
                const Vector<T> bias = load(b1 + unit);
                Vector<T> all[nonzero_width] = {};
                in_logistic_groups<smaller(logistic_group, nonzero_width)>(
                    here, [&](Index first, auto count) {
                        Vector<T> a[count];
                        for (Index j = 0; j < count; ++j)
                            a[j] = load(c + (first + j) * unit_panel_width<T> + i) + bias;
                        logistic<T>(a);
                        for (Index j = 0; j < count; ++j) {
                            store(to + (first + j) * P, a[j]);
                            all[first + j] = a[j];
                        }
                    });
                const Vector<T> half = (all[0] + all[1]) + (all[2] + all[3]);
                store(sums + unit, g % 2 == 0 ? half : load(sums + unit) + half);
            }
        });
}

/// The logistic functions of rows of a block, each with the bias of its unit.
template <class T, int count>
[[gnu::always_inline]] inline void output_logistic(const T* c, const double* b2, Vector<T> (&a)[count]) {
    for (Index j = 0; j < count; ++j) a[j] = load(c + j * panel_width<T>) + static_cast<T>(b2[j]);
    logistic<T>(a);
}

template <class T>
void output(const T* a2, Index columns, const T* w2, const double* b2, Index hidden_units, Index outputs,
            T* a3) {
    constexpr Index P = panel_width<T>;
    group_product(hidden_units, a2, columns, w2, outputs, [&](Index p, Index s, auto rows, auto here, T* c) {
        for (Index i = 0; i < here; i += lanes<T>) {
            in_logistic_groups(rows, [&](Index first, auto count) {
                Vector<T> a[count];
                const Index unit = s * strip_width + first;
                output_logistic<T>(c + first * P + i, b2 + unit, a);
                for (Index j = 0; j < count; ++j) store(a3 + (p * outputs + unit + j) * P + i, a[j]);
            });
        }
    });
}

/// Adds the chain of squares of some columns, `here` of which are there, to those of the outputs before.
template <class T>
[[gnu::always_inline]] inline void add_chain(const T* chain, Index here, double* squares) {
    Index i = 0;
    for (; i + lanes<double> <= here; i += lanes<double>)
        store_unaligned(squares + i, load_unaligned(squares + i) + as_double(chain + i));
    for (; i < here; ++i) squares[i] += static_cast<double>(chain[i]);
}

template <class T>
void add_chains(const T* chains, Index columns, Index outputs, double* squares) {
    constexpr Index P = panel_width<T>;
    const Index count = pieces(outputs, summation::squares_chain);
    fill(squares, columns, 0.0);
    for (Index p = 0; p < pieces(columns, P); ++p)
        for (Index n = 0; n < count; ++n)
            add_chain(chains + (p * count + n) * P, smaller(P, columns - p * P), squares + p * P);
}

template <class T>
void output_delta(const T* a2, Index columns, const T* w2, const double* b2, Index hidden_units,
                  Index outputs, Range range, BytePanels y, Index column, Index tile_columns, double scale,
                  T* delta3, T* strips, std::int64_t* b2_sums, T* chains) {
    constexpr Index P = panel_width<T>;
    const Index all = pieces(outputs, strip_width), before = range.first / strip_width;
    group_product(
        hidden_units, a2, columns, w2 + range.first * hidden_units, range.last - range.first,
        [&](Index p, Index of_range, Index rows, Index here) {
            const Index s = before + of_range;
            prefetch_for_write(delta3 + (p * outputs + s * strip_width) * P, rows * P);
            prefetch_for_write(strips + (s * tile_columns + column + p * P) * strip_width,
                               here * strip_width);
        },
        [&](Index p, Index of_range, auto rows, auto here, T* c) {
            const Index s = before + of_range;
            for (Index i = 0; i < here; i += lanes<T>) {
                Vector<T> square{};
                const ByteRows<T> targets(y, column + p * P + i, here - i, s * strip_width);
                in_logistic_groups(rows, [&](Index first, auto count) {
                    Vector<T> a[count];
                    const Index unit = s * strip_width + first;
                    output_logistic<T>(c + first * P + i, b2 + unit, a);
                    for (Index j = 0; j < count; ++j) {
                        const Vector<T> error = a[j] - scaled<T>(targets[first + j]);
                        const Vector<T> delta = error * (a[j] * (T{1} - a[j]));
                        square = multiply_add<T>(error, error, square);
                        store(c + (first + j) * P + i, delta);
                        store(delta3 + (p * outputs + unit + j) * P + i, delta);
                    }
                });
                store(chains + (p * all + s) * P + i, square);
            }
            T* const of_columns = strips + (s * tile_columns + column + p * P) * strip_width;
            transpose_block<T, strip_width>(c, rows, here, of_columns);
            add_column_sums<T, strip_width>(of_columns, rows, here, OneScale{scale},
                                            b2_sums + s * strip_width);
        });
}

template <class T>
void squares_of(const T* a3, Index columns, Index outputs, BytePanels y, Index column, double* squares) {
    constexpr Index P = panel_width<T>;
    fill(squares, columns, 0.0);
    for (Index p = 0; p < pieces(columns, P); ++p) {
        const Index here = smaller(P, columns - p * P);
        for (Index first = 0; first < outputs; first += summation::squares_chain) {
            const Index rows = smaller(summation::squares_chain, outputs - first);
            for (Index i = 0; i < here; i += lanes<T>) {
                Vector<T> square{};
                const ByteRows<T> targets(y, column + p * P + i, here - i, first);
                for (Index j = 0; j < rows; ++j) {
                    const Vector<T> error =
                        load(a3 + (p * outputs + first + j) * P + i) - scaled<T>(targets[j]);
                    square = multiply_add<T>(error, error, square);
                }
                alignas(64) T chain[lanes<T>];
                store(chain, square);
                add_chain(chain, smaller(lanes<T>, here - i), squares + p * P + i);
            }
        }
    }
}

template <class T>
void back(const T* delta3, Index columns, const T* w2_transposed, Index outputs, Index hidden_units,
          Range units, T* g) {
    constexpr Index P = panel_width<T>;
    group_product(outputs, delta3, columns, w2_transposed + units.first * outputs, units.last - units.first,
                  [&](Index p, Index s, auto rows, auto here, T* c) {
                      T* const to = g + (p * hidden_units + units.first + s * strip_width) * P;
                      for (Index j = 0; j < rows; ++j)
                          for (Index i = 0; i < here; i += lanes<T>)
                              store(to + j * P + i, load(c + j * P + i));
                  });
}

template <class T>
void hidden_delta(const T* g, const T* a2, Index columns, const double* sparsity, Index hidden_units,
                  Range range, Index column, Index tile_columns, const double* scales, T* panels,
                  std::int64_t* b1_sums) {
    constexpr Index P = panel_width<T>;
    constexpr Index U = unit_panel_width<T>;
    alignas(64) T c[strip_width * P];
    for (Index p = 0; p < pieces(columns, P); ++p) {
        const Index here = smaller(P, columns - p * P);
        for (Index first = range.first; first < range.last; first += strip_width) {
            const Index rows = smaller(strip_width, range.last - first);
            for (Index j = 0; j < rows; ++j) {
                for (Index i = 0; i < here; i += lanes<T>) {
                    const Index at = (p * hidden_units + first + j) * P + i;
                    const Vector<T> a = load(a2 + at);
                    store(c + j * P + i,
                          (load(g + at) + static_cast<T>(sparsity[first + j])) * (a * (T{1} - a)));
                }
            }
            T* const of_columns = panels + (first / U * tile_columns + column + p * P) * U + first % U;
            transpose_block<T, U>(c, rows, here, of_columns);
            add_column_sums<T, U>(of_columns, rows, here, RowScales{scales + first}, b1_sums + first);
        }
    }
}

}  // namespace sae::SAE_KERNELS
