#include "sae/core/floating_point_check.hpp"

#include <cfenv>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "catch.hpp"
#include "sae/core/error.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

TEST_CASE("the usual arithmetic passes") {
    CHECK_NOTHROW(check_floating_point());
}

TEST_CASE("another rounding mode is refused") {
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        REQUIRE(std::fesetround(mode) == 0);
        std::string said;
        try {
            check_floating_point();
        } catch (const Error& error) {
            said = error.what();
        }
        std::fesetround(FE_TONEAREST);
        CHECK_THAT(said, ContainsSubstring("does not round to nearest"));
    }
}

#if defined(__SSE2__)
TEST_CASE("results or operands that are flushed to 0 are refused") {
    constexpr unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
    const unsigned before = _mm_getcsr();
    for (const unsigned bit : {flush_to_zero, denormals_are_zero}) {
        _mm_setcsr(before | bit);
        std::string said;
        try {
            check_floating_point();
        } catch (const Error& error) {
            said = error.what();
        }
        _mm_setcsr(before);
        CHECK_THAT(said, ContainsSubstring("takes subnormal numbers for 0"));
    }
}
#endif
