#pragma once
#include <signal.h>

#include <array>

#include "sae/train/distributed_space.hpp"

namespace sae {

/// Exit status of a run that was asked to stop by SIGUSR2, SIGTERM or SIGHUP and has saved itself:
/// EX_TEMPFAIL of sysexits.h. A job script takes it as "requeue me".
inline constexpr int status_requeue = 75;
/// Exit status of a run that the user interrupted: 128 + SIGINT, as in shells.
inline constexpr int status_interrupted = 130;

/// At the start of main: a SIGUSR2 that comes before there is a StopSignals waits for it and does not end the
/// process, so that a job script's warning in the first moments is not lost. Threads that start later inherit
/// this.
void hold_stop_signal();

/// While it lives, SIGUSR2, SIGTERM, SIGHUP (the terminal has closed) and SIGINT do not end the process but
/// are remembered, for the ranks to agree on after an evaluation. SIGHUP and SIGINT stay ignored if the
/// parent had them ignored, as nohup and a shell's background jobs do. A second SIGINT ends the process at
/// once, by the signal. All other signals act as before.
///
/// Any rank may get a signal, some, or all, once or several times; README.md and slurm/README.md say which
/// signals the launchers pass on. Open MPI 4.1 sends SIGKILL one second after SIGTERM (30 s later with
/// OMPI_MCA_odls_base_sigkill_timeout=30), version 5 after 0.2 s.
///
/// One object at a time; made and destroyed by the main thread.
class StopSignals {
  public:
    StopSignals();
    /// Gives SIGINT the action that it had before. The others are ignored from now on: the run is saved or
    /// done, and a late signal, during MPI_Finalize, must not end the process.
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// The request to this process so far: an interrupt has precedence.
    [[nodiscard]] StopRequest request() const;

  private:
    static constexpr std::array<int, 4> signals = {SIGUSR2, SIGTERM, SIGINT, SIGHUP};

    std::array<struct sigaction, signals.size()> before_{};
};

/// The exit status of a run that ended for this reason, having saved itself; 0 for none.
[[nodiscard]] int exit_status(StopRequest reason);

}  // namespace sae
