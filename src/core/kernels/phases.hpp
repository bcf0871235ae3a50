#pragma once
#include <algorithm>
#include <type_traits>

#include "bytes.hpp"
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
void hidden(NonzeroGroups<T> x, Index columns, const T* w1, const T* b1, Index inputs, Index hidden_units,
            T* a2, Index tile_columns, T* sums) {
    constexpr Index P = panel_width<T>;
    std::fill_n(sums, pieces(hidden_units, P) * P, T{0});
    unit_product(
        w1, inputs, hidden_units, x, columns, [](Index, Index, Index, Index) {},
        [&](Index u, Index g, auto units, auto here, const T* c) {
            for (Index i = 0; i < units; i += lanes<T>) {
                const Index unit = u * unit_panel_width<T> + i;
                T* const to = a2 + (unit / P * tile_columns + g * nonzero_width) * P + unit % P;
                Vector<T> sum{};
                const Vector<T> bias = load(b1 + unit);
                in_logistic_groups(here, [&](Index first, auto count) {
                    Vector<T> a[count];
                    for (Index j = 0; j < count; ++j)
                        a[j] = load(c + (first + j) * unit_panel_width<T> + i) + bias;
                    logistic<T>(a);
                    for (Index j = 0; j < count; ++j) {
                        store(to + (first + j) * P, a[j]);
                        sum += a[j];
                    }
                });
                store(sums + unit, load(sums + unit) + sum);
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
                in_logistic_groups(rows, [&](Index first, auto count) {
                    Vector<T> a[count];
                    const Index unit = s * strip_width + first;
                    output_logistic<T>(c + first * P + i, b2 + unit, a);
                    for (Index j = 0; j < count; ++j) {
                        const Vector<T> error =
                            mask(a[j] - scaled<T>(widened<T>(targets + (first + j) * byte_panel_width)), i);
                        const Vector<T> delta = error * (a[j] * (T{1} - a[j]));
                        square = multiply_add<T>(error, error, square);
                        store(c + (first + j) * P + i, delta);
                        store(delta3 + (p * outputs + unit + j) * P + i, delta);
                        T* const sum = sums + (unit + j) * P + i;
                        store(sum, load(sum) + delta);
                    }
                });
                for (Index l = 0; l < lanes<T>; ++l)
                    squares[i + l] += static_cast<double>(square[static_cast<int>(l)]);
            }
            transpose_block<T, strip_width>(c, rows, here,
                                            strips + (s * tile_columns + column + p * P) * strip_width);
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
                  T* panels, T* sums) {
    constexpr Index P = panel_width<T>;
    constexpr Index U = unit_panel_width<T>;
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
            const Index unit = s * strip_width;
            transpose_block<T, U>(c, rows, here, panels + (unit / U * columns + p * P) * U + unit % U);
        }
    }
}

}  // namespace sae::SAE_KERNELS
