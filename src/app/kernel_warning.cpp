#include "sae/app/kernel_warning.hpp"

#include "sae/core/kernel_check.hpp"
#include "sae/mpi/agreement.hpp"

namespace sae {

std::string kernel_warning(const mpi::Communicator& comm) {
    const std::string own = mpi::agreed(comm, [] { return complaint(check_kernels(best_kernels())); });
    const std::vector<std::string> all = comm.all_gather_text(own);
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
        if (all[rank].empty()) continue;
        return all.size() == 1 ? all[rank] : "rank " + std::to_string(rank) + ": " + all[rank];
    }
    return {};
}

std::string joined_warnings(const std::string& first, const std::string& second) {
    if (first.empty() || second.empty()) return first + second;
    return first + "\nwarning: " + second;
}

}  // namespace sae
