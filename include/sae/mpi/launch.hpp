#pragma once

namespace sae::mpi {

/// How this process was started, by the variables that launchers give to their ranks.
struct Launch {
    enum class By {
        nobody,    ///< no launcher, or an unknown one
        open_mpi,  ///< mpirun of Open MPI
        hydra,     ///< mpiexec of MPICH and of the libraries made from it
        slurm,     ///< srun
    };
    By by = By::nobody;
    int rank = 0;   ///< of this process, as the launcher counts
    int ranks = 1;  ///< that the launcher started

    /// Whether the launcher ends all ranks when one of them ends with a status that is not 0, and when it is
    /// killed itself.
    [[nodiscard]] bool by_mpirun() const { return by == By::open_mpi || by == By::hydra; }
};

/// Call it before MPI_Init, which may set these variables itself.
[[nodiscard]] Launch find_launch();

/// From now on the kernel ends this process (SIGKILL) when its launcher ends. Throws Error if the launcher
/// seems to have ended already: if another process has adopted this one.
void end_with_launcher();

}  // namespace sae::mpi
