#pragma once
#include <string>

#include "sae/mpi/launch.hpp"

namespace sae::mpi {

class Communicator;

/// MPI from MPI_Init_thread to MPI_Finalize. Create one at the top of main, before any communicator, and
/// destroy it after the last. Without a launcher (mpirun, srun) the world is one rank.
class Environment {
  public:
    /// Asks for MPI_THREAD_FUNNELED: threads may compute, but only the main thread calls MPI. Throws Error if
    /// the library grants less or the launcher has ended already, Failure if MPI cannot start.
    Environment();
    /// Finalizes MPI, which waits for the other ranks: a rank that leaves alone aborts instead, see guard().
    ~Environment();

    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    /// Throws Error if the launcher started more ranks than `world`, all of MPI's, has. Ranks that do not
    /// find each other have a world of one rank each, and all would do the whole work and write the same
    /// files. This happens where launcher and library do not match, and, under Open MPI 5, where the launcher
    /// was killed while the ranks started.
    void check_world(const Communicator& world) const;

    [[nodiscard]] const Launch& launch() const { return launch_; }

  private:
    Launch launch_;
};

/// The first line of the MPI library's own description, for instance "Open MPI v4.1.4, ...". May be called
/// without an Environment.
[[nodiscard]] std::string library_version();

}  // namespace sae::mpi
