#include "sae/core/floating_point_check.hpp"

#include <cfenv>
#include <limits>

#include "sae/core/error.hpp"

namespace sae {
namespace {

/// The numbers are volatile so that the processor computes them and not the compiler.
template <class T>
bool has_subnormals() {
    const volatile T smallest_normal = std::numeric_limits<T>::min(), half = T{1} / 2, two = 2;
    const volatile T subnormal = smallest_normal * half;  // 0 if results are flushed
    const volatile T again = subnormal * two;             // 0 if operands are
    return again == smallest_normal;
}

/// 1 + u and 1 - u are halfway or nearer to 1, in which case the nearest is 1.
template <class T>
bool rounds_to_nearest() {
    const volatile T one = 1, small = std::numeric_limits<T>::epsilon() / 8, minus_one = -1;
    const volatile T up = one + small, down = one - small, negative = minus_one - small;
    return up == one && down == one && negative == minus_one;
}

}  // namespace

void check_floating_point() {
    if (std::fegetround() != FE_TONEAREST || !rounds_to_nearest<double>() || !rounds_to_nearest<float>())
        throw Error(
            "the processor does not round to nearest: a library has changed the rounding mode; run without "
            "it "
            "(look at LD_PRELOAD and at what the program is linked to)");
    if (!has_subnormals<double>() || !has_subnormals<float>())
        throw Error(
            "the processor takes subnormal numbers for 0: a library that was built with -ffast-math has set "
            "this for the whole program; run without it (look at LD_PRELOAD and at what the program is "
            "linked "
            "to)");
}

}  // namespace sae
