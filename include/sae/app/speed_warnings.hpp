#pragma once
#include <string>
#include <vector>

#include "sae/app/thread_count.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// Collective, in under 10 ms: what makes the run slower than it could be, and what to do about it: the
/// warning of `threads`, and what the lowest rank that complains says of its kernels.
[[nodiscard]] std::vector<std::string> speed_warnings(const mpi::Communicator& comm,
                                                      const ThreadCount& threads);

}  // namespace sae
