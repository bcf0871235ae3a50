#include "sae/app/thread_count.hpp"

#include <algorithm>
#include <cstdlib>

#include "sae/cli/number_text.hpp"
#include "sae/core/kernel_check.hpp"
#include "sae/mpi/agreement.hpp"
#include "sae/report/words.hpp"

namespace sae {

namespace {

std::optional<Index> from_environment() {
    const char* text = std::getenv("OMP_NUM_THREADS");
    if (text == nullptr) return {};
    const auto count = read_integer<Index>(text);
    return count && *count >= 1 ? count : std::nullopt;
}

/// Ranks alone are already too many, whatever their threads.
std::string too_many_ranks(const mpi::Share& share, int threads) {
    return counted(share.crowd, "rank") + " of " + counted(threads, "thread") + " share the " +
           counted(share.of, "core") + " of " + share.host +
           ", which makes all of them wait for each other: start at most " + counted(share.of, "rank") +
           " there (mpirun -n " + std::to_string(share.of) + ", or more hosts), with --threads 1";
}

std::string too_many_threads(const mpi::Share& share, int threads) {
    return counted(threads, "thread") + " a rank are more than the " + counted(share.cores, "core") +
           " that each rank has to itself on " + share.host + ": write --threads " +
           std::to_string(share.cores) +
           ", start fewer ranks, or, if mpirun binds ranks to fewer cores than there are, give each rank " +
           std::to_string(threads) + " with mpirun --map-by slot:PE=" + std::to_string(threads);
}

/// Collective: what the lowest rank that complains says of the kernels in use; empty if none does.
std::string kernel_warning(const mpi::Communicator& comm) {
    const std::string own = mpi::agreed(comm, [] { return complaint(check_kernels(best_kernels())); });
    const std::vector<std::string> all = comm.all_gather_text(own);
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
        if (all[rank].empty()) continue;
        return all.size() == 1 ? all[rank] : "rank " + std::to_string(rank) + ": " + all[rank];
    }
    return {};
}

}  // namespace

ThreadCount threads_for(const mpi::Share& share, std::optional<Index> wanted) {
    constexpr Index most = 1024;
    const Index fitting = std::max(1, share.cores);
    ThreadCount result{static_cast<int>(std::min(most, wanted.value_or(fitting))), {}};
    if (share.of == 0) return result;  // the system does not report its processors
    if (share.cores == 0)
        result.warning = too_many_ranks(share, result.threads);
    else if (result.threads > share.cores)
        result.warning = too_many_threads(share, result.threads);
    return result;
}

ThreadCount choose_threads(const mpi::Communicator& comm, std::optional<Index> wanted) {
    const std::vector<mpi::Place> places = comm.all_gather_value(mpi::this_place());
    Index asked = wanted ? *wanted : from_environment().value_or(0);
    comm.broadcast_value(asked);
    return threads_for(mpi::least_share(places), asked == 0 ? std::nullopt : std::optional(asked));
}

std::vector<std::string> speed_warnings(const mpi::Communicator& comm, const ThreadCount& threads) {
    std::vector<std::string> warnings;
    for (const std::string& warning : {threads.warning, kernel_warning(comm)}) {
        if (!warning.empty()) warnings.push_back(warning);
    }
    return warnings;
}

}  // namespace sae
