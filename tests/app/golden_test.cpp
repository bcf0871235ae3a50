#include "golden.hpp"

#include <algorithm>

#include "catch.hpp"
#include "sae/core/arithmetic.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

TEST_CASE("there is a published result for each golden training, of this version of the arithmetic") {
    CHECK(golden_arithmetic == arithmetic_version);
    REQUIRE(golden_results().size() == golden_trainings().size());
    for (const GoldenResult& result : golden_results()) {
        CHECK(result.sha256.size() == 64);
        CHECK(result.points.front().iteration == 0);
        CHECK(result.points.back().iteration == golden_iterations);
        CHECK(std::ranges::is_sorted(result.points, {}, &GoldenPoint::iteration));
    }
}

TEST_CASE("the first difference of a result from the published one is named") {
    const GoldenResult published{{{0, 3, 2}, {1, 2, 1}, {5, 1, 0.5}}, "a1"};
    CHECK(difference(published, published).empty());
    GoldenResult found = published;
    found.sha256 = "b2";
    CHECK(difference(found, published) == "the SHA-256 of the parameters is b2, published is a1");
    found.points[2].cost = 1.5;
    CHECK(difference(found, published) ==
          "iteration 5: the cost is 0x1.8p+0, published is 0x1p+0, the iterations before agree up to 1");
    found.points[0].gradient_norm = 0.25;
    CHECK(difference(found, published) ==
          "iteration 0: the gradient's norm is 0x1p-2, published is 0x1p+1");
    found = published;
    found.points.pop_back();
    CHECK(difference(found, published) == "iteration 5 is not reached");
}

TEST_CASE("results are printed as the source that holds them") {
    const std::string source = golden_source(golden_results());
    CHECK_THAT(source, ContainsSubstring("golden_arithmetic = " + std::to_string(arithmetic_version) + ";"));
    for (const GoldenResult& result : golden_results())
        CHECK_THAT(source, ContainsSubstring("\"" + result.sha256 + "\""));
}
