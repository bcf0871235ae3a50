#pragma once

namespace sae::mpi {

/// Before MPI_Init: where all ranks are on one node, tells Open MPI 4 to use shared memory. Left to itself it
/// asks every network library that is installed; that of Omni-Path alone waits a fifth of a second for
/// hardware that is not there. What the user has set (OMPI_MCA_pml, _btl, _mtl, mpirun --mca) stays.
void choose_shared_memory_on_one_node();

/// Before MPI_Finalize: lets small messages out at once on this process's TCP connections. Open MPI 4 says
/// goodbye to mpirun in several of them, of which the last otherwise waits 40 ms for an acknowledgement of
/// the first.
void send_without_delay();

}  // namespace sae::mpi
