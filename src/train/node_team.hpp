#pragma once
#include <memory>

#include "sae/core/team.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// Collective: the ranks of `comm`, which must outlive it, as a team that shares up to `bytes` bytes; or,
/// where there is one rank, several nodes or no shared memory, each rank by itself.
[[nodiscard]] std::shared_ptr<Team> make_node_team(const mpi::Communicator& comm, std::size_t bytes);

}  // namespace sae
