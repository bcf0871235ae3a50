#pragma once
#include <string>
#include <vector>

#include "sae/mpi/communicator.hpp"
#include "sae/report/run_report.hpp"

namespace sae {

/// Collective: what a report says of this start of the program: version, ranks and threads, hosts, kernels,
/// time and command line. All ranks get the same but for the time and the command line, which are rank 0's in
/// a report.
[[nodiscard]] NamedValues made_by(const mpi::Communicator& comm, int threads);

/// A command line for a shell: words that need quotes have them.
[[nodiscard]] std::string shell_words(const std::vector<std::string>& words);

}  // namespace sae
