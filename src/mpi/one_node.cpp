#include "one_node.hpp"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace sae::mpi {
namespace {

bool is_set(const char* name) {
    return std::getenv(name) != nullptr;
}

/// Whether the launcher says that this node has all ranks, or there is no launcher and so one rank.
bool on_one_node() {
    const char* all = std::getenv("OMPI_COMM_WORLD_SIZE");
    const char* here = std::getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
    if (all != nullptr && here != nullptr) return std::string_view(all) == here;
    constexpr std::array launchers = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "SLURM_STEP_ID"};
    return std::ranges::none_of(launchers, is_set);
}

}  // namespace

void choose_shared_memory_on_one_node() {
#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION == 4
    constexpr std::array choices = {"OMPI_MCA_pml", "OMPI_MCA_btl", "OMPI_MCA_mtl"};
    if (!on_one_node() || std::ranges::any_of(choices, is_set)) return;
    ::setenv("OMPI_MCA_pml", "ob1", 0);
    ::setenv("OMPI_MCA_btl", "self,vader,tcp", 0);
#endif
}

}  // namespace sae::mpi
