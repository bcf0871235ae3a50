#pragma once
#include <string>

namespace sae::mpi {

/// MPI from MPI_Init_thread to MPI_Finalize: made once, at the top of main, before any communicator, and
/// destroyed after the last. Without a launcher (mpirun, srun) the program is its own world of one rank.
class Environment {
  public:
    /// Asks for MPI_THREAD_FUNNELED: threads may compute, the main thread alone calls MPI. Throws Error if
    /// the library grants less, Failure if it cannot start.
    Environment();
    /// Finalizes MPI, which waits for the other ranks: a rank that leaves alone aborts instead, see guard().
    ~Environment();

    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    /// Whether Open MPI's mpirun started this rank and looks after it: a rank that ends with a status that is
    /// not 0 ends all. Under other launchers it need not.
    [[nodiscard]] bool watched_by_mpirun() const { return watched_by_mpirun_; }

  private:
    bool watched_by_mpirun_;
};

/// The first line of what the MPI library says of itself, for instance "Open MPI v4.1.4, ...". May be called
/// without an Environment.
[[nodiscard]] std::string library_version();

}  // namespace sae::mpi
