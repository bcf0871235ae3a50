// Catch2's own code, which takes longer to compile than any test: here and nowhere else.
#include "catch_session.hpp"

#if SAE_CATCH2_VERSION >= 3
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

int sae::test::run_tests(int argc, char* argv[]) {
    return Catch::Session().run(argc, argv);
}
