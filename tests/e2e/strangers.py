#!/usr/bin/env python3
"""strangers.py PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): a rank of several that finds itself alone, because its launcher belongs to another MPI library or
has ended, ends with an error and writes nothing; the launcher's first rank alone says so. Without several ranks, all
those variables are no obstacle, nor is a launcher without them."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from processes import MPICH, check, launcher_of, until

PROGRAM, *MPIRUN = sys.argv[1:]
TRAIN = ["train", "--hidden", "2", "--train-count", "20", "--test-count", "2", "--max-iterations", "1", "--threads", "1",
         "--quiet"]
LAUNCHERS = {
    "mpirun of Open MPI": {"OMPI_COMM_WORLD_RANK": "{rank}", "OMPI_COMM_WORLD_SIZE": "{ranks}"},
    "mpiexec of MPICH": {"PMI_RANK": "{rank}", "PMI_SIZE": "{ranks}", "MPI_LOCALRANKID": "0"},
    "srun --mpi=pmi2": {"PMI_RANK": "{rank}", "PMI_SIZE": "{ranks}"},
    "srun": {"SLURM_STEP_ID": "0", "SLURM_PROCID": "{rank}", "SLURM_STEP_NUM_TASKS": "{ranks}"},
    # The daemons of mpirun are tasks of srun, and its ranks inherit their variables.
    "mpirun in a step": {"OMPI_COMM_WORLD_RANK": "{rank}", "OMPI_COMM_WORLD_SIZE": "{ranks}", "SLURM_STEP_ID": "0",
                         "SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "7"},
}
# The shell of a batch job, which is no task of a step.
BATCH = {"SLURM_JOB_ID": "1", "SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_LOCALID": "0"}


def clean_environment():
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("OMPI_COMM_", "PMI", "SLURM_", "MPI_LOCAL"))}


def train(directory, variables):
    """(exit status, standard output, standard error) of a training in this environment"""
    done = subprocess.run([PROGRAM, *TRAIN, "--output", str(directory)], env={**clean_environment(), **variables},
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def own_lines(text):
    return [line for line in text.splitlines() if line.startswith("sae-mpi: ")]


def alone_among_several(room):
    for name, variables in LAUNCHERS.items():
        for rank in (0, 2):
            directory = room / f"{name}-{rank}"
            status, out, err = train(directory, {k: v.format(rank=rank, ranks=3) for k, v in variables.items()})
            said = own_lines(err)
            message = "sae-mpi: the launcher started 3 ranks, but MPI_Init found 1"
            check(status == 1 and not directory.exists() and not out and len(said) == (1 if rank == 0 else 0) and
                  all(line.startswith(message) for line in said),
                  f"{name}: rank {rank} of 3 is alone: status 1, nothing written, {len(said)} messages", out + err)


def alone_as_meant(room):
    starts = {name: {k: v.format(rank=0, ranks=1) for k, v in variables.items()} for name, variables in LAUNCHERS.items()}
    for name, variables in {**starts, "the shell of a batch job": BATCH, "no launcher": {}}.items():
        directory = room / f"{name}-alone"
        status, _, err = train(directory, variables)
        check(status == 0 and (directory / "model.safetensors").exists(), f"{name}: one rank trains", err)


def unknown_launcher(room):
    """One that gives its ranks none of these variables."""
    directory = room / "unknown"
    without = [word for name in ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE") for word in ("-u", name)]
    if launcher_of(MPIRUN) == MPICH:
        return  # its ranks find each other by the variable
    done = subprocess.run([*MPIRUN, "2", "env", *without, PROGRAM, *TRAIN, "--output", str(directory)],
                          env=clean_environment(), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    check(done.returncode == 0 and len(re.findall("sha256 of the parameters", done.stdout)) == 1,
          "a launcher that is not known: two ranks train", done.stdout + done.stderr)


def orphan(room):
    """A rank of one whose launcher has ended before it looked: no number shows that."""
    directory, said, adopted = room / "orphan", room / "orphan.err", room / "adopted"
    line = f'(sleep 0.3; sh -c "cat /proc/\\$PPID/stat" >{adopted}; exec "$0" "$@" 2>{said}) &'
    variables = {"OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"}
    subprocess.run(["sh", "-c", line, PROGRAM, *TRAIN, "--output", str(directory)], check=True,
                   env={**clean_environment(), **variables}, stdout=subprocess.DEVNULL, timeout=60)
    until(lambda: adopted.exists() and adopted.read_text(), 20, 0.05)
    parent = int(adopted.read_text().rsplit(")", 1)[1].split()[1])
    if parent != 1 and pathlib.Path(f"/proc/{parent}/comm").read_text() != "systemd\n":
        print(f"skipped: orphans are adopted by process {parent} here")
        return
    until(lambda: said.exists() and own_lines(said.read_text()), 20, 0.05)
    lines = own_lines(said.read_text()) if said.exists() else []
    check(len(lines) == 1 and "the launcher that started this rank has ended" in lines[0] and not directory.exists(),
          "a rank whose launcher has ended: an error, and nothing written", lines)


def main():
    with tempfile.TemporaryDirectory(prefix="sae-strangers-") as name:
        room = pathlib.Path(name)
        alone_among_several(room)
        alone_as_meant(room)
        unknown_launcher(room)
        orphan(room)


if __name__ == "__main__":
    main()
