#include "sae/core/fixed_point.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "catch.hpp"
#include "sae/core/error.hpp"

namespace {

using sae::FixedPoint;
using Limits = std::numeric_limits<double>;

constexpr std::int64_t limit = std::int64_t{1} << 61;

}  // namespace

TEST_CASE("the scale brings the bound just below 2^61") {
    for (const double bound : {1.0, 1.5, 0.1, 784.0 * 1e7, 4.0 / 27, 1e300, 1e-250, Limits::max(),
                               Limits::min(), std::nextafter(1.0, 2.0), std::nextafter(1.0, 0.0)}) {
        const FixedPoint fixed = FixedPoint::for_bound(bound);
        CHECK(std::isnormal(fixed.scale()));
        CHECK(std::isnormal(fixed.unit()));
        CHECK(fixed.scale() * fixed.unit() == 1);
        CHECK(fixed.encode(bound) <= limit);
        CHECK(fixed.encode(-bound) == -fixed.encode(bound));
        if (bound < 0x1p-961) continue;
        CHECK(fixed.decode(fixed.encode(bound)) == bound);
        CHECK(fixed.encode(bound) > limit / 2);
    }
    CHECK(FixedPoint::for_bound(1) == FixedPoint{61});
    CHECK(FixedPoint::for_bound(std::nextafter(1.0, 2.0)) == FixedPoint{60});
    CHECK(FixedPoint::for_bound(std::nextafter(1.0, 0.0)) == FixedPoint{61});
}

TEST_CASE("a bound of 0 and the smallest bounds") {
    CHECK(FixedPoint::for_bound(0).encode(0) == 0);
    CHECK(FixedPoint::for_bound(0).decode(0) == 0);
    const FixedPoint smallest = FixedPoint::for_bound(Limits::denorm_min());
    CHECK(smallest == FixedPoint{1022});
    CHECK(smallest.encode(Limits::denorm_min()) == 0);
    CHECK(smallest.decode(-1) == -0x1p-1022);
}

TEST_CASE("a bound that is negative or not finite is refused") {
    for (const double bound : {-1.0, Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
        CHECK_THROWS_AS(FixedPoint::for_bound(bound), sae::Error);
    }
}

TEST_CASE("encoding rounds to nearest and decoding rounds to nearest even") {
    const FixedPoint whole{0};
    CHECK(whole.encode(2.9) == 3);
    CHECK(whole.encode(-2.9) == -3);
    CHECK(whole.encode(0x1p61) == limit);
    CHECK(whole.decode((std::int64_t{1} << 53) + 1) == 0x1p53);
    CHECK(whole.decode((std::int64_t{1} << 53) + 3) == 0x1p53 + 4);
    CHECK(FixedPoint{3}.encode(1.99) == 16);
    CHECK(FixedPoint{3}.decode(-15) == -1.875);
    CHECK(FixedPoint{-3}.encode(17) == 2);
}

TEST_CASE("ten million columns at the bound neither overflow nor drift") {
    constexpr std::int64_t columns = 10'000'000;
    const double largest = 4.0 / 27;
    const FixedPoint fixed = FixedPoint::for_bound(static_cast<double>(columns) * largest);
    for (const double column : {largest, -largest}) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < columns; ++i) {
            REQUIRE_FALSE(__builtin_add_overflow(sum, fixed.encode(column), &sum));
        }
        CHECK(std::abs(sum) <= limit);
        const long double exact = static_cast<long double>(column) * columns;
        CHECK(std::abs(fixed.decode(sum) - exact) <= columns * static_cast<long double>(fixed.unit()));
        CHECK(columns * fixed.unit() <= largest * 1e-4);
    }
}

TEST_CASE("large columns that cancel leave the small ones, within a unit each") {
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> uniform(-1, 1);
    constexpr int pairs = 1'000'000;
    const FixedPoint fixed = FixedPoint::for_bound(2.0 * pairs + 1);
    std::int64_t sum = 0;
    long double small = 0;
    for (int i = 0; i < pairs; ++i) {
        const double large = uniform(random);
        const double rest = uniform(random) * 1e-9;
        sum += fixed.encode(large) + fixed.encode(rest) + fixed.encode(-large);
        small += rest;
    }
    CHECK(fixed.unit() <= (2.0 * pairs + 1) * 0x1p-60);
    CHECK(std::abs(fixed.decode(sum) - small) <= pairs * static_cast<long double>(fixed.unit()));
}
