#include <mpi.h>
#include <signal.h>

#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "sae/app/run_command.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/mpi/environment.hpp"
#include "sae/mpi/guard.hpp"

int main(int argc, char** argv) {
    // A write beyond the limit on file sizes (ulimit -f) then fails, which is told, in place of a death
    // without a word.
    ::signal(SIGXFSZ, SIG_IGN);
    try {
        const sae::mpi::Environment environment;
        const sae::mpi::Communicator world(MPI_COMM_WORLD);
        return sae::mpi::guard(environment, world, "sae-mpi", [&] {
            const std::vector<std::string> arguments(argv + 1, argv + argc);
            return sae::run_command(world, sae::commands(), arguments, std::cout);
        });
    } catch (const std::exception& error) {
        std::cerr << "sae-mpi: " << error.what() << '\n';
        return 1;
    }
}
