#!/usr/bin/env python3
"""launch.py PROGRAM: train.sbatch on 2 nodes x 2 ranks, under srun, under mpirun and where Slurm has no PMI, gives
the model of a single rank; the same line ends at once when the run is done; what is no reason to go on ends the job."""
import os
import shutil
import subprocess
import sys

from cluster import (SCRIPTS, Lab, built_with_mpich, check, command, iterations, log_rows, room, sha256, single_rank, submit,
                     wait_until)

PROGRAM = sys.argv[1]
NODES = ["--nodes=2", "--ntasks-per-node=2"]
TRAIN = ["--train-count", 500, "--hidden", 20, "--gradient-tolerance", 0]
# srun as on a cluster whose Slurm was built without PMIx and PMI2. mpirun starts its daemons by srun, too.
NO_PMIX = rf"""#!/bin/sh
case "$*" in
  --mpi=list) printf 'MPI plugin types are...\n\tnone\n' ;;
  *--mpi=pm*) echo "srun: no PMI here" >&2; exit 1 ;;
  *) exec {shutil.which("srun")} "$@" ;;
esac
"""


def starts(shim):
    """{name: (variables, the words that start the ranks)}, as the program's MPI library has it."""
    srun = "srun --kill-on-bad-exit=1 --cpus-per-task=1 --mpi="
    by_mpirun = ("mpirun", "mpirun --bind-to none -n 4")
    plugin = "pmix"
    if built_with_mpich(PROGRAM):
        by_mpirun, plugin = ("mpiexec.hydra", "mpiexec.hydra -n 4"), "pmi2"
    return {"srun": ({}, f"{srun}{plugin} -n 4"), "mpirun": ({"SAE_LAUNCHER": by_mpirun[0]}, by_mpirun[1]),
            "without-pmix": ({"PATH": f"{shim}:{os.environ['PATH']}"}, by_mpirun[1])}


def launchers(place):
    shim = place / "no-pmix"
    shim.mkdir()
    (shim / "srun").write_text(NO_PMIX)
    (shim / "srun").chmod(0o755)
    jobs = {name: submit("train.sbatch", "--output", place / name, "--max-iterations", 40, *TRAIN, options=NODES,
                         environment={"SAE_MPI": PROGRAM, **variables}.items())
            for name, (variables, _) in starts(shim).items()}
    expected = single_rank(PROGRAM, place / "one", "--max-iterations", 40, *TRAIN)
    for name, job in jobs.items():
        text = job.wait("COMPLETED")
        check(starts(shim)[name][1] in text and "4 ranks of 1 threads on n[" in text, f"{name}: started as wanted", text)
        check(sha256(text) == expected, f"{name}: the hash of a single rank's run")
        check(log_rows(place / name) == log_rows(place / "one"), f"{name}: the log of a single rank's run")


def done_already(place):
    job = submit("train.sbatch", "--output", place / "srun", "--max-iterations", 40, *TRAIN, options=NODES,
                 environment={"SAE_MPI": PROGRAM}.items())
    text = job.wait("COMPLETED")
    check(iterations(place / "srun") == 40 and "resume: from" in text and job.get("Restarts") == "0",
          "the same line on a run that is done: ends with status 0", text)


def signal_of_hydra(place):
    """A launcher that has more to say after its name than a reader of the first line takes."""
    hydra = place / "mpiexec"
    hydra.write_text("#!/bin/bash\necho 'HYDRA build details:'\nsleep 0.2\necho Version: 4\n")
    hydra.chmod(0o755)
    words = f"set -euo pipefail; source {SCRIPTS / 'job.sh'}; stop_signal {hydra}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, timeout=60)
    check(done.stdout == "TERM\n", "MPICH's launcher is stopped by TERM", done.stdout + done.stderr)


def wrong_option(place):
    job = submit("train.sbatch", "--output", place / "wrong", "--hiden", 20, options=NODES,
                 environment={"SAE_MPI": PROGRAM}.items())
    text = job.wait("FAILED")
    check("--hiden" in text and job.get("Restarts") == "0" and "queued" not in text,
          "a wrong option: reported, and not queued again", f"{text}\nRestarts: {job.get('Restarts')}")


def cancelled(place):
    job = submit("train.sbatch", "--output", place / "cancelled", "--max-iterations", 1000000, "--checkpoint-every", 2,
                 *TRAIN, options=["--nodes=2", "--ntasks-per-node=1"], environment={"SAE_MPI": PROGRAM}.items())
    wait_until(lambda: iterations(place / "cancelled") > 5, "some iterations")
    command("scancel", job.number)
    check("ended by Slurm; what is saved" in job.wait("CANCELLED"), "scancel: what is saved is reported")
    check(job.get("JobState") == "CANCELLED" and job.get("Restarts") == "0" and "queued" not in job.output(),
          "scancel: not queued again")
    check(list((place / "cancelled").glob("checkpoint-*.safetensors")), "scancel: what was done is saved")


def main():
    with room() as place, Lab(place, 4):
        os.chdir(place)
        signal_of_hydra(place)
        launchers(place)
        done_already(place)
        wrong_option(place)
        cancelled(place)


main()
