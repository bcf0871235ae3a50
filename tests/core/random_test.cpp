#include "sae/core/random.hpp"

#include <cmath>
#include <set>

#include "catch.hpp"

using namespace sae;

TEST_CASE("Philox gives the known answers of the Random123 distribution") {
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(Philox::block({0, 0, 0, 0}, {0, 0}) ==
          Philox::Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(Philox::block({ones, ones, ones, ones}, {ones, ones}) ==
          Philox::Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    // The digits of pi.
    CHECK(Philox::block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Philox::Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("seed, stream and index fill key and counter, low words first") {
    CHECK(Philox::block(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88) ==
          Philox::Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("the unit interval is [0, 1) in steps of 2^-53") {
    CHECK(unit_interval(0, 0) == 0);
    CHECK(unit_interval(0, 0x7ff) == 0);
    CHECK(unit_interval(0, 0x800) == 0x1p-53);
    CHECK(unit_interval(0x80000000, 0) == 0.5);
    CHECK(unit_interval(0xffffffff, 0xffffffff) == 1 - 0x1p-53);
}

TEST_CASE("uniform takes the first two words of the block") {
    CHECK(uniform(0, 0, 0) == static_cast<double>(0x6627e8d5e169c58d >> 11) * 0x1p-53);
}

TEST_CASE("uniform has the moments of a uniform distribution, and streams differ") {
    const std::uint64_t seed = GENERATE(0U, 1U, 0xffffffffffffffffU);
    constexpr int count = 100000;
    double sum = 0;
    double squares = 0;
    double product = 0;
    std::set<double> values;
    for (std::uint64_t i = 0; i < count; ++i) {
        const double x = uniform(seed, 1, i) - 0.5;
        sum += x;
        squares += x * x;
        product += x * (uniform(seed, 2, i) - 0.5);
        values.insert(x);
    }
    // Five standard deviations.
    CHECK(std::abs(sum / count) < 5 * std::sqrt(1 / 12.0 / count));
    CHECK(std::abs(squares / count - 1 / 12.0) < 5 * std::sqrt(1 / 180.0 / count));
    CHECK(std::abs(product / count) < 5 * std::sqrt(1 / 144.0 / count));
    CHECK(values.size() == count);
}
