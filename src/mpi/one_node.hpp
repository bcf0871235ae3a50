#pragma once

namespace sae::mpi {

/// Before MPI_Init: where all ranks are on one node, tells Open MPI 4 to use shared memory. Left to itself it
/// asks every network library that is installed; that of Omni-Path alone waits a fifth of a second for
/// hardware that is not there. What the user has set (OMPI_MCA_pml, _btl, _mtl, mpirun --mca) stays.
void choose_shared_memory_on_one_node();

}  // namespace sae::mpi
