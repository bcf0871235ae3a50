#include "sae/mpi/environment.hpp"

#include <mpi.h>

#include <algorithm>
#include <array>

#include "sae/mpi/communicator.hpp"
#include "sae/mpi/failure.hpp"

namespace sae::mpi {
namespace {

std::string advice(Launch::By launcher) {
    switch (launcher) {
        case Launch::By::slurm:
            return "name another plugin to srun (srun --mpi=list shows them; Open MPI needs srun "
                   "--mpi=pmix), or use "
                   "the mpirun of this library; without a launcher, start one task (srun -n 1)";
        case Launch::By::open_mpi:
        case Launch::By::hydra:
        case Launch::By::nobody:
            break;
    }
    return "use the mpirun or mpiexec of this library (mpirun --version shows whose it is)";
}

}  // namespace

Environment::Environment() : launch_(find_launch()) {
    // Without this, ranks of Open MPI 4 run for a second or two after their mpirun (on other nodes: orted)
    // was killed, or for ever if they were just connecting to it.
    if (launch_.by_mpirun()) end_with_launcher();
    int provided = MPI_THREAD_SINGLE;
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    if (provided < MPI_THREAD_FUNNELED) {
        MPI_Finalize();
        throw Error(
            "the MPI library offers MPI_THREAD_SINGLE only, but the program computes with threads: "
            "MPI_THREAD_FUNNELED is needed; use an MPI library that was built with thread support");
    }
}

Environment::~Environment() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (finalized == 0) MPI_Finalize();
}

void Environment::check_world(const Communicator& world) const {
    // An unknown launcher does not say how many ranks it started.
    if (launch_.by == Launch::By::nobody || world.size() == launch_.ranks) return;
    const std::string library = library_version();
    throw Error(
        "the launcher started " + std::to_string(launch_.ranks) + " ranks, but MPI_Init found " +
        std::to_string(world.size()) + " (" + library.substr(0, library.find(',')) +
        "): the ranks do not know each other, because the launcher belongs to another MPI library or has "
        "ended; " +
        advice(launch_.by));
}

std::string library_version() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    check(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
    // Open MPI 4 counts the terminating zero in the length.
    const std::string whole(text.data());
    std::string line = whole.substr(0, whole.find('\n'));
    // MPICH has a tab and spaces before its number.
    const auto both_blank = [](char a, char b) { return a == ' ' && b == ' '; };
    std::ranges::replace(line, '\t', ' ');
    line.erase(std::unique(line.begin(), line.end(), both_blank), line.end());
    return line;
}

}  // namespace sae::mpi
