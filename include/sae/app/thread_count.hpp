#pragma once
#include <optional>
#include <string>

#include "sae/core/shape.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// How many threads each rank computes with.
struct ThreadCount {
    int threads = 1;
    std::string warning;  ///< on rank 0: threads outnumber processors somewhere, and what to write instead
};

/// Collective. Without `wanted`, OMP_NUM_THREADS decides, else the processors that the launcher bound this
/// rank to, divided by the ranks of its host that share them; the least of all ranks is taken.
[[nodiscard]] ThreadCount choose_threads(const mpi::Communicator& comm, std::optional<Index> wanted);

}  // namespace sae
