#include "sae/mpi/environment.hpp"

#include <mpi.h>

#include <array>

#include "sae/mpi/failure.hpp"

namespace sae::mpi {

Environment::Environment() {
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
