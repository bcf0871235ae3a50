// Runs one Catch2 session on every rank; a failure on any rank fails the test. Rank 0 reports as usual, the
// others only if something failed on them.
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "catch_session.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/mpi/environment.hpp"

int main(int argc, char* argv[]) {
    const sae::mpi::Environment environment;
    const sae::mpi::Communicator world(MPI_COMM_WORLD);
    environment.check_world(world);

    std::ostringstream report;
    std::streambuf* const terminal = std::cout.rdbuf();
    if (!world.is_root()) std::cout.rdbuf(report.rdbuf());
    const int failed = sae::test::run_tests(argc, argv);
    std::cout.rdbuf(terminal);

    if (failed != 0 && !world.is_root()) {
        std::cerr << "---- rank " << world.rank() << " of " << world.size() << " ----\n" << report.str();
    }
    return world.all_reduce_max(failed != 0) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
