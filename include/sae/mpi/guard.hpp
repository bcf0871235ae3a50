#pragma once
#include <functional>
#include <string_view>

#include "sae/mpi/communicator.hpp"
#include "sae/mpi/environment.hpp"

namespace sae::mpi {

/// Runs the body of main on each rank of `world` and returns its exit status. If any number of ranks fail in
/// any way, one message appears on stderr, no rank waits for ever, and the status is not 0:
///
/// - An AgreedError of all of `world` is printed by rank 0, and each rank returns its status.
/// - Any other exception may concern this rank alone, with the others waiting in a collective. The rank
///   prints "program: rank 2 of 4: message" and ends the world: by its exit status where mpirun ends the
///   other ranks, since Open MPI 4's mpirun itself crashes or hangs after one MPI_Abort in fifty on a loaded
///   machine, else by MPI_Abort. Ranks that fail at about the same time, or as a consequence, would all
///   print; so a failing rank first notifies the others and listens for 0.3 s: a rank that receives notice of
///   an earlier failure, or of a lower rank's at the same time, prints nothing.
///
/// `program` is the prefix of the message. The Environment, MPI's for these ranks, must outlive the call.
///
///     int main(int argc, char** argv) {
///         const mpi::Environment environment;
///         const mpi::Communicator world(MPI_COMM_WORLD);
///         return mpi::guard(environment, world, "sae-mpi", [&] { return run_command(world, argc, argv); });
///     }
[[nodiscard]] int guard(const Environment& environment, const Communicator& world, std::string_view program,
                        const std::function<int()>& body);

}  // namespace sae::mpi
