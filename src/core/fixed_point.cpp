#include "sae/core/fixed_point.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "sae/core/error.hpp"

namespace sae {

FixedPoint FixedPoint::for_bound(double bound) {
    if (!std::isfinite(bound) || bound < 0) {
        throw Error("fixed-point sum: its bound is " + std::to_string(bound) +
                    ", expected a finite number >= 0; theta or the data hold values that are not finite or "
                    "too large");
    }
    if (bound == 0) return {};
    int binary_exponent = 0;
    // bound = fraction 2^e, fraction in [1/2, 1)
    const double fraction = std::frexp(bound, &binary_exponent);
    const int smallest = fraction == 0.5 ? binary_exponent - 1 : binary_exponent;
    return {std::clamp(61 - smallest, -1022, 1022)};
}

double FixedPoint::scale() const {
    return std::ldexp(1.0, exponent);
}

double FixedPoint::unit() const {
    return std::ldexp(1.0, -exponent);
}

}  // namespace sae
