#include "sae/mpi/environment.hpp"

#include <mpi.h>
#include <signal.h>
#include <sys/prctl.h>

#include <array>
#include <cstdlib>

#include "one_node.hpp"
#include "sae/mpi/failure.hpp"

namespace sae::mpi {
namespace {

/// Asked before MPI_Init, which sets the variable itself under other launchers.
bool started_by_mpirun() {
    return std::getenv("OMPI_COMM_WORLD_RANK") != nullptr;
}

}  // namespace

Environment::Environment() : watched_by_mpirun_(started_by_mpirun()) {
    // Ranks of Open MPI 4 live on for a second or two when their mpirun (on other nodes: orted) is killed,
    // and, if they were just introducing themselves to it, for ever.
    if (watched_by_mpirun_) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    choose_shared_memory_on_one_node();
    int provided = MPI_THREAD_SINGLE;
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    if (provided < MPI_THREAD_FUNNELED) {
        MPI_Finalize();
        throw Error(
            "the MPI library offers MPI_THREAD_SINGLE only, but threads compute beside MPI: "
            "MPI_THREAD_FUNNELED is needed; use an MPI library that was built with thread support");
    }
}

Environment::~Environment() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (finalized == 0) MPI_Finalize();
}

std::string library_version() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    check(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
    // Open MPI 4 counts the terminating zero in the length.
    const std::string whole(text.data());
    return whole.substr(0, whole.find('\n'));
}

}  // namespace sae::mpi
