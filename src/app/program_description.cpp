#include "sae/app/run_command.hpp"
#include "sae/app/version.hpp"

namespace sae {
namespace {

constexpr char description[] = R"roff(.SH SYNOPSIS
\fBsae\-mpi\fR \fICOMMAND\fR [\fIOPTION\fR]...
.br
\fBmpirun \-n\fR \fIRANKS\fR \fBsae\-mpi\fR \fICOMMAND\fR [\fIOPTION\fR]...
.SH DESCRIPTION
Trains sparse autoencoders on images by full\-batch L\-BFGS, on one processor core or, with \fBmpirun\fR(1) or
\fBsrun\fR(1), on many: the result is the same, byte for byte.
)roff";

constexpr char general[] = R"roff(.SH OPTIONS
.TP
.B \-\-help
list the commands; after a command: its options, their defaults, and examples
.TP
.B \-\-version
versions and the instruction set in use
.PP
The options of a command may also be in an INI file of lines \(dqoption = value\(dq, which \fB\-\-config\fR names.
.SH EXIT STATUS
.TP
.B 0
the command has done what it was asked to
.TP
.B 1
it has failed, or a check has; one message on the standard error says why
.TP
.B 2
the command line or an INI file is wrong
.TP
.B 75
it was stopped by SIGUSR2, SIGTERM or SIGHUP; a training has saved itself and \fB\-\-resume\fR continues it
.TP
.B 130
likewise, by SIGINT (Ctrl\-C)
.PP
To stop a run by a signal to its launcher, send SIGUSR2 to \fBmpirun\fR(1) of Open MPI or to \fBsrun\fR(1), and
SIGTERM to the launcher of MPICH. Other signals may kill the ranks before they have saved, and the launcher then
returns a status of its own: that of Open MPI returns 1 after SIGTERM or SIGINT.
.SH ENVIRONMENT
.TP
.B OMP_NUM_THREADS
threads of each rank, where \fB\-\-threads\fR is not given
)roff";

}  // namespace

ProgramDescription program_description() {
    ProgramDescription program{
        program_name, program_version(), "sparse autoencoders by L-BFGS over MPI: one model, one hash",
        {},           description,       general,
        {"mpirun"}};
    for (const Command& command : commands()) program.commands.push_back(command.description);
    return program;
}

}  // namespace sae
