#pragma once
#include <utility>

#include "plain.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// The numbers of `even` and `odd` in turns: the first half of them, or the second. A turn is `run` numbers.
template <class T, int run, bool second, std::size_t... I>
[[gnu::always_inline]] inline Vector<T> interleave(Vector<T> even, Vector<T> odd, std::index_sequence<I...>) {
    constexpr int L = lanes<T>;
    return __builtin_shufflevector(even, odd,
                                   (static_cast<int>(I) / (2 * run) * run + static_cast<int>(I) % run +
                                    (second ? L / 2 : 0) + (static_cast<int>(I) / run % 2) * L)...);
}

template <class V>
struct FourRows {
    V row[4];
};

/// Four rows, each a vector, into a vector's number of columns of four: column l is quarter l of the result.
template <class T>
[[gnu::always_inline]] inline FourRows<Vector<T>> transpose_four(FourRows<Vector<T>> r) {
    constexpr auto all = std::make_index_sequence<static_cast<std::size_t>(lanes<T>)>{};
    const Vector<T> low01 = interleave<T, 1, false>(r.row[0], r.row[1], all),
                    high01 = interleave<T, 1, true>(r.row[0], r.row[1], all);
    const Vector<T> low23 = interleave<T, 1, false>(r.row[2], r.row[3], all),
                    high23 = interleave<T, 1, true>(r.row[2], r.row[3], all);
    return {interleave<T, 2, false>(low01, low23, all), interleave<T, 2, true>(low01, low23, all),
            interleave<T, 2, false>(high01, high23, all), interleave<T, 2, true>(high01, high23, all)};
}

/// Four rows of a vector's width, row r at c + r * panel_width, into columns of four, column i at
/// to + i * to_width.
template <class T, Index to_width>
[[gnu::always_inline]] inline void transpose_four(const T* c, T* to) {
    constexpr Index P = panel_width<T>;
    const FourRows<Vector<T>> quarters =
        transpose_four<T>({load(c), load(c + P), load(c + 2 * P), load(c + 3 * P)});
    const auto* columns = reinterpret_cast<const Four<T>*>(&quarters);
    for (Index i = 0; i < lanes<T>; ++i) *reinterpret_cast<Four<T>*>(to + i * to_width) = columns[i];
}

/// c[rows][panel_width] into to[here][to_width], of which `rows` columns are written.
template <class T, Index to_width>
[[gnu::always_inline]] inline void transpose_block(const T* c, Index rows, Index here, T* to) {
    const Index in_vectors = lanes<T> >= 4 ? here / lanes<T> * lanes<T> : 0;
    const Index in_fours = in_vectors > 0 ? rows / 4 * 4 : 0;
    if constexpr (lanes<T> >= 4) {
        for (Index i = 0; i < in_vectors; i += lanes<T>)
            for (Index j = 0; j < in_fours; j += 4)
                transpose_four<T, to_width>(c + j * panel_width<T> + i, to + i * to_width + j);
    }
    for (Index i = 0; i < here; ++i)
        for (Index j = i < in_vectors ? in_fours : 0; j < rows; ++j)
            to[i * to_width + j] = c[j * panel_width<T> + i];
}

template <class T>
void transpose(const T* panels, Index units, Index tile_columns, Index columns, T* transposed) {
    constexpr Index P = panel_width<T>;
    constexpr Index G = summation::column_group;
    for (Index c = 0; c < columns; c += G) {
        const Index here = smaller(G, columns - c);
        for (Index u = 0; u < units; u += P) {
            const Index height = smaller(P, units - u);
            const T* from = panels + (u / P * tile_columns + c) * P;
            T* to = transposed + (c / P * units + u) * P + c % P;
            for (Index j = 0; j < height; ++j)
                for (Index i = 0; i < G; ++i) to[j * P + i] = i < here ? from[i * P + j] : T{0};
        }
    }
}

}  // namespace sae::SAE_KERNELS
