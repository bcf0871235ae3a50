#pragma once
#include <cstdint>

#include "plain.hpp"
#include "widths.hpp"

namespace sae::SAE_KERNELS {

/// The tree of a column group (see summation.hpp) over rows that are `stride` numbers apart.
template <class V>
[[gnu::always_inline]] inline V tree(V c0, V c1, V c2, V c3, V c4, V c5, V c6, V c7) {
    return ((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7));
}

/// Adds to sums[0 .. 3] the sums over a whole column group, by their scales.
template <class T, Index stride>
[[gnu::always_inline]] inline void add_four_sums(const T* columns, FourValue<double> scale,
                                                 std::int64_t* sums) {
    const auto column = [&](Index i) -> FourValue<T> {
        return *reinterpret_cast<const Four<T>*>(columns + i * stride);
    };
    const auto sum = tree<FourValue<T>>(column(0), column(1), column(2), column(3), column(4), column(5),
                                        column(6), column(7));
    auto& to = *reinterpret_cast<Four<std::int64_t>*>(sums);
    to += nearest(__builtin_convertvector(sum, FourValue<double>), scale);
}

/// The same for one number of each of `here` columns.
template <class T, Index stride>
inline void add_sum(const T* columns, Index here, double scale, std::int64_t* sum) {
    T c[summation::column_group] = {};
    for (Index i = 0; i < here; ++i) c[i] = columns[i * stride];
    *sum += nearest(static_cast<double>(tree<T>(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7])), scale);
}

/// For columns of `rows` numbers each, `here` of them `stride` apart: adds each number's sums over the column
/// groups to sums[row], by scale_of(row), which also gives four scales as scale_of.four(row).
template <class T, Index stride, class Scales>
[[gnu::always_inline]] inline void add_column_sums(const T* columns, Index rows, Index here, Scales scale_of,
                                                   std::int64_t* sums) {
    constexpr Index G = summation::column_group;
    for (Index i = 0; i < here; i += G) {
        const T* const group = columns + i * stride;
        const Index in_fours = here - i >= G ? rows / 4 * 4 : 0;
        for (Index j = 0; j < in_fours; j += 4)
            add_four_sums<T, stride>(group + j, scale_of.four(j), sums + j);
        for (Index j = in_fours; j < rows; ++j)
            add_sum<T, stride>(group + j, smaller(G, here - i), scale_of(j), sums + j);
    }
}

/// One scale for all rows.
struct OneScale {
    double scale;
    double operator()(Index /*row*/) const { return scale; }
    [[nodiscard]] FourValue<double> four(Index /*row*/) const { return FourValue<double>{} + scale; }
};

/// A scale for each row.
struct RowScales {
    const double* scales;
    double operator()(Index row) const { return scales[row]; }
    [[nodiscard]] FourValue<double> four(Index row) const {
        return *reinterpret_cast<const Four<double>*>(scales + row);
    }
};

}  // namespace sae::SAE_KERNELS
