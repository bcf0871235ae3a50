#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sae/core/shape.hpp"
#include "sae/mpi/communicator.hpp"
#include "sae/mpi/placement.hpp"

namespace sae {

/// How many threads each rank computes with.
struct ThreadCount {
    int threads = 1;
    std::string warning;  ///< ranks or threads outnumber cores somewhere, and what to write instead
};

/// Collective. Without `wanted`, OMP_NUM_THREADS of rank 0 decides, else the cores that the launcher bound
/// each rank to, divided by the ranks of its host that share them; the least of all ranks is taken.
[[nodiscard]] ThreadCount choose_threads(const mpi::Communicator& comm, std::optional<Index> wanted);

/// The choice itself: `wanted` by an option or the environment, `share` of the rank that has the least.
[[nodiscard]] ThreadCount threads_for(const mpi::Share& share, std::optional<Index> wanted);

/// Collective, in under 10 ms: what makes the run slower than it could be, and what to do about it: the
/// warning of `threads`, and what the lowest rank that complains says of its kernels.
[[nodiscard]] std::vector<std::string> speed_warnings(const mpi::Communicator& comm,
                                                      const ThreadCount& threads);

}  // namespace sae
