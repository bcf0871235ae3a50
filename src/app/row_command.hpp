#pragma once
#include <ostream>

#include "row_files.hpp"
#include "sae/app/row_options.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// Collective: what encode and reconstruct do. Everything that can be wrong with options, model, images and
/// places is said before the first row is made; the files appear together at the end. Returns the exit
/// status.
int run_row_command(const mpi::Communicator& world, const RowOptions& options, const RowTask& task,
                    std::ostream& out);

}  // namespace sae
