#pragma once
#include <cstdint>

#include "sae/core/kernels.hpp"
#include "vector.hpp"

namespace sae::SAE_KERNELS {

/// A number >= 0 rounded to the nearest integer, ties to even; from 2^52 on it is one.
[[gnu::always_inline]] inline double whole_part(double x) {
    return x < 0x1p52 ? (x + 0x1p52) - 0x1p52 : x;
}
[[gnu::always_inline]] inline Vector<double> whole_part(Vector<double> x) {
    return x < broadcast(0x1p52) ? (x + 0x1p52) - 0x1p52 : x;
}

template <class T>
bool add_activations(const T* of_group, Index hidden_units, ActivationScales scales, std::int64_t* wholes,
                     std::int64_t* rests) {
    constexpr Index L = lanes<double>;
    // Stays 0 as long as all sums are finite.
    Vector<double> probe{};
    Index j = 0;
    for (; j + L <= hidden_units; j += L) {
        const Vector<double> sum = as_double(of_group + j);
        const Vector<double> scaled = sum * broadcast(scales.whole);
        const Vector<double> whole = whole_part(scaled);
        const Vector<double> rest = sum - whole * broadcast(scales.whole_unit);
        store_unaligned(wholes + j, load_unaligned(wholes + j) + nearest_of(whole, broadcast(1.0)));
        store_unaligned(rests + j, load_unaligned(rests + j) + nearest_of(rest, broadcast(scales.rest)));
        probe += sum - sum;
    }
    bool finite = true;
    for (Index l = 0; l < L; ++l) finite = finite && probe[l] == 0;
    for (; j < hidden_units; ++j) {
        const auto sum = static_cast<double>(of_group[j]);
        const double whole = whole_part(sum * scales.whole);
        wholes[j] += nearest(whole, 1);
        rests[j] += nearest(sum - whole * scales.whole_unit, scales.rest);
        finite = finite && sum - sum == 0;
    }
    return finite;
}

}  // namespace sae::SAE_KERNELS
