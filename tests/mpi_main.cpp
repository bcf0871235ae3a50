// Runs one Catch2 session on every rank; a failure on any rank fails the test. Rank 0 reports as usual, the
// others only if something failed on them.
#if SAE_CATCH2_VERSION >= 3
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "sae/mpi/communicator.hpp"
#include "sae/mpi/environment.hpp"

int main(int argc, char* argv[]) {
    const sae::mpi::Environment environment;
    const sae::mpi::Communicator world(MPI_COMM_WORLD);

    std::ostringstream report;
    std::streambuf* const terminal = std::cout.rdbuf();
    if (!world.is_root()) std::cout.rdbuf(report.rdbuf());
    const int failed = Catch::Session().run(argc, argv);
    std::cout.rdbuf(terminal);

    if (failed != 0 && !world.is_root()) {
        std::cerr << "---- rank " << world.rank() << " of " << world.size() << " ----\n" << report.str();
    }
    return world.all_reduce_max(failed != 0) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
