#include "sae/mpi/environment.hpp"

#include <mpi.h>

#include <cstdlib>
#include <string_view>

#include "catch.hpp"

// The runner has made the Environment, as the program does.

#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION == 4
TEST_CASE("ranks on one node use its memory, or what the user says") {
    const char* chosen = std::getenv("OMPI_MCA_pml");
    if (std::getenv("OMPI_MCA_mtl") != nullptr) {
        CHECK(chosen == nullptr);
    } else {
        REQUIRE(chosen != nullptr);
        CHECK(std::string_view(chosen) == "ob1");
        REQUIRE(std::getenv("OMPI_MCA_btl") != nullptr);
    }
}
#endif

TEST_CASE("the library tells its version") {
    CHECK_FALSE(sae::mpi::library_version().empty());
}
