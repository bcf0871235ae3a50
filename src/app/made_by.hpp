#pragma once
#include "sae/mpi/communicator.hpp"
#include "sae/report/run_report.hpp"

namespace sae {

/// Collective: what a report says of this start of the program: version, ranks and threads, hosts, kernels,
/// time and command line. All ranks get the same but for the time and the command line, which are rank 0's in
/// a report.
[[nodiscard]] NamedValues made_by(const mpi::Communicator& comm, int threads);

}  // namespace sae
