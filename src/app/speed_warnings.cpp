#include "sae/app/speed_warnings.hpp"

#include "sae/core/kernel_check.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {
namespace {

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

std::vector<std::string> speed_warnings(const mpi::Communicator& comm, const ThreadCount& threads) {
    std::vector<std::string> warnings;
    for (const std::string& warning : {threads.warning, kernel_warning(comm)}) {
        if (!warning.empty()) warnings.push_back(warning);
    }
    return warnings;
}

}  // namespace sae
