#include "made_by.hpp"

#include <map>

#include "catch.hpp"
#include "sae/app/version.hpp"

using namespace sae;

TEST_CASE("what made a report: ranks, threads, one host, kernels, a time and this command") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const NamedValues values = made_by(world, 3);
    const std::map<std::string, std::string> found(values.begin(), values.end());
    REQUIRE(found.size() == 6);
    CHECK(found.at("program").starts_with("sae-mpi " + program_version() + ", arithmetic version "));
    CHECK(
        found.at("ranks and threads").ends_with(world.size() == 1 ? "1 rank x 3 threads" : "s x 3 threads"));
    CHECK(found.at("hosts").find('(') == std::string::npos);
    CHECK_FALSE(found.at("kernels").empty());
    CHECK(found.at("started").ends_with(" UTC"));
    CHECK(found.at("command").find("test_made_by") != std::string::npos);
}
