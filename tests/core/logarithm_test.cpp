#include "sae/core/logarithm.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "catch.hpp"

namespace {

using sae::logarithm;
using Limits = std::numeric_limits<double>;

/// The error in units in the last place of the result, from long double, which has more bits than double.
double units_off(double x) {
    const long double exact = std::log(static_cast<long double>(x));
    int exponent = 0;
    static_cast<void>(std::frexp(static_cast<double>(exact), &exponent));
    const long double unit = std::ldexp(1.0L, exponent - Limits::digits);
    return static_cast<double>(std::abs((static_cast<long double>(logarithm(x)) - exact) / unit));
}

}  // namespace

TEST_CASE("the logarithm of special numbers") {
    CHECK(logarithm(0) == -Limits::infinity());
    CHECK(logarithm(-0.0) == -Limits::infinity());
    CHECK(logarithm(1) == 0);
    CHECK(!std::signbit(logarithm(1)));
    CHECK(logarithm(Limits::infinity()) == Limits::infinity());
    CHECK(std::isnan(logarithm(-1)));
    CHECK(std::isnan(logarithm(-Limits::infinity())));
    CHECK(std::isnan(logarithm(Limits::quiet_NaN())));
}

TEST_CASE("the logarithm is right within 0.76 units in the last place") {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> near_1(0.5, 2), very_near_1(-1e-6, 1e-6), exponent(-1074, 1023);
    double worst = 0;
    for (int i = 0; i < 200000; ++i) {
        worst = std::max(worst, units_off(near_1(random)));
        worst = std::max(worst, units_off(1 + very_near_1(random)));
        worst = std::max(worst, units_off(std::exp2(exponent(random))));
    }
    for (const double x : {Limits::denorm_min(), Limits::min(), Limits::max(), std::nextafter(1.0, 0.0),
                           std::nextafter(1.0, 2.0), std::sqrt(0.5), std::sqrt(2.0)})
        worst = std::max(worst, units_off(x));
    CHECK(worst <= 0.76);
}

TEST_CASE("the logarithm has these bits") {
    CHECK(logarithm(2) == 0x1.62e42fefa39efp-1);
    CHECK(logarithm(0.1) == -0x1.26bb1bbb55515p+1);
    CHECK(logarithm(0x1.6975902765319p-1) == -0x1.64881562a40c2p-2);
    CHECK(logarithm(1e-310) == -0x1.64e69394d9508p+9);
    CHECK(logarithm(1.0000001) == 0x1.ad7f2847b6492p-24);
}
