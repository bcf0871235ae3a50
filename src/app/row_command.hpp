#pragma once
#include <ostream>

#include "row_files.hpp"
#include "sae/app/row_options.hpp"
#include "sae/mpi/communicator.hpp"

namespace sae {

/// Collective: what encode and reconstruct do. Options, model, images and the places of the files are all
/// checked before the first row is computed; the files appear together at the end. Returns the exit status.
int run_row_command(const mpi::Communicator& world, const RowOptions& options, const RowTask& task,
                    std::ostream& out);

}  // namespace sae
