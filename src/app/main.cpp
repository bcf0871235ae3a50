#include <mpi.h>
#include <signal.h>

#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "sae/app/run_command.hpp"
#include "sae/app/stop_signals.hpp"
#include "sae/cli/standard_streams.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/mpi/environment.hpp"
#include "sae/mpi/guard.hpp"

int main(int argc, char** argv) {
    sae::fill_standard_descriptors();
    // A write beyond the limit on file sizes (ulimit -f) then fails with a message. By default the signal
    // ends the process without one.
    ::signal(SIGXFSZ, SIG_IGN);
    sae::hold_stop_signal();
    try {
        const sae::mpi::Environment environment;
        const sae::mpi::Communicator world(MPI_COMM_WORLD);
        return sae::mpi::guard(environment, world, "sae-mpi", [&] {
            const std::vector<std::string> arguments(argv + 1, argv + argc);
            return sae::run_command(world, sae::commands(), arguments,
                                    [](std::string_view text) { sae::write_output(text); });
        });
    } catch (const std::exception& error) {
        std::cerr << "sae-mpi: " << error.what() << '\n';
        return 1;
    }
}
