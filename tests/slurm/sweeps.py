#!/usr/bin/env python3
"""sweeps.py PROGRAM: the settings of a sweep as tasks of an array, collected by a job that depends on it, and in
groups inside one job, give equal tables and models, also where the job was warned and queued again."""
import os
import pathlib
import subprocess
import sys

from cluster import Lab, check, command, room, submit, sweep_table, wait_until

PROGRAM = sys.argv[1]
SWEEP = ["--hidden", "20,40", "--train-count", "800,1200", "--beta", "0,3", "--test-count", 50, "--max-iterations", 100,
         "--gradient-tolerance", 0, "--checkpoint-every", 5]
SETTINGS = 8


def sbatch(script, directory, *more, options=()):
    return submit(script, *SWEEP, "--output", directory, *more, options=options,
                  environment={"SAE_MPI": PROGRAM}.items())


def begun(task):
    """Whether the script has come to its training: before, it may not have set its trap yet, and would die of a signal."""
    output = pathlib.Path(f"sae-sweep-{task}.out")
    return output.exists() and "start 1:" in output.read_text()


def main():
    with room() as place, Lab(place, 4):
        os.chdir(place)
        groups = sbatch("sweep.sbatch", place / "groups", options=["--nodes=2", "--ntasks-per-node=2"])
        array = sbatch("sweep-array.sbatch", place / "array", options=[f"--array=0-{SETTINGS}%4", "--ntasks=1"])
        collect = sbatch("sweep.sbatch", place / "array", "--collect",
                         options=[f"--dependency=afterany:{array.number}", "--ntasks=1"])
        for job, directory in ((groups, place / "groups"), (array, place / "array")):
            wait_until(lambda where=directory: list(where.glob("*/checkpoint-*")), f"a checkpoint in {directory.name}")
            running = command("squeue", "-h", "-r", "-t", "RUNNING", "-o", "%i", "-j", job.number).split()
            # scancel waits for a task that is just ending.
            for scancel in [subprocess.Popen(["timeout", "5", "scancel", "--batch", "--signal=USR1", task])
                            for task in running if begun(task)]:
                scancel.wait()
        text = groups.wait("COMPLETED")
        check(groups.get("Restarts") == "1" and "4 ranks in 4 groups" in text, "groups: warned, queued again, done")
        collect.wait("COMPLETED")
        tasks = command("scontrol", "show", "job", "-o", array.number).splitlines()
        restarts = [task for task in tasks if "Restarts=0" not in task and "JobState=COMPLETED" in task]
        check(restarts and len(tasks) == SETTINGS + 1, f"array: {len(restarts)} tasks warned, queued again, done")
        beyond = place / f"sae-sweep-{array.number}_{SETTINGS}.out"
        check(f"there is no setting {SETTINGS}; there are {SETTINGS}" in beyond.read_text(),
              "a task beyond the settings says so")
        expected = sweep_table(place / "groups")
        check(len(expected) == SETTINGS, f"{SETTINGS} settings in the table")
        check(sweep_table(place / "array") == expected, "array and groups: equal tables, equal models")


main()
