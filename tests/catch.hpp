#pragma once
// The one place that knows where Catch2 version 2 and version 3 keep what the tests use.
#if SAE_CATCH2_VERSION >= 3
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_all.hpp>

using Catch::Approx;

namespace sae::test {
using Catch::Matchers::ContainsSubstring;
}
#else
#include <catch2/catch.hpp>
#include <string>

namespace sae::test {
inline auto ContainsSubstring(const std::string& part) {
    return Catch::Matchers::Contains(part);
}
}  // namespace sae::test
#endif
