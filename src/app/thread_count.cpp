#include "sae/app/thread_count.hpp"

#include <algorithm>
#include <cstdlib>

#include "sae/app/number_text.hpp"

namespace sae {

namespace {

std::optional<Index> from_environment() {
    const char* text = std::getenv("OMP_NUM_THREADS");
    if (text == nullptr) return {};
    const auto count = read_integer<Index>(text);
    return count && *count >= 1 ? count : std::nullopt;
}

/// Ranks alone are already too many, whatever their threads.
std::string too_many_ranks(const Share& share, int threads) {
    return counted(share.crowd, "rank") + " of " + counted(threads, "thread") + " share the " +
           counted(share.of, "core") + " of " + share.host +
           ", which makes all of them wait for each other: start at most " + counted(share.of, "rank") +
           " there (mpirun -n " + std::to_string(share.of) + ", or more hosts), with --threads 1";
}

std::string too_many_threads(const Share& share, int threads) {
    return counted(threads, "thread") + " a rank are more than the " + counted(share.cores, "core") +
           " that each rank has to itself on " + share.host + ": write --threads " +
           std::to_string(share.cores) +
           ", start fewer ranks, or, if mpirun binds ranks to fewer cores than there are, give each rank " +
           std::to_string(threads) + " with mpirun --map-by slot:PE=" + std::to_string(threads);
}

}  // namespace

ThreadCount threads_for(const Share& share, std::optional<Index> wanted) {
    constexpr Index most = 1024;
    const Index fitting = std::max(1, share.cores);
    ThreadCount result{static_cast<int>(std::min(most, wanted.value_or(fitting))), {}};
    if (share.of == 0) return result;  // the system does not say what it has
    if (share.cores == 0)
        result.warning = too_many_ranks(share, result.threads);
    else if (result.threads > share.cores)
        result.warning = too_many_threads(share, result.threads);
    return result;
}

ThreadCount choose_threads(const mpi::Communicator& comm, std::optional<Index> wanted) {
    const std::vector<Place> places = comm.all_gather_value(this_place());
    Index asked = wanted ? *wanted : from_environment().value_or(0);
    comm.broadcast_value(asked);
    return threads_for(least_share(places), asked == 0 ? std::nullopt : std::optional(asked));
}

}  // namespace sae
