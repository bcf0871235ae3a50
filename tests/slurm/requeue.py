#!/usr/bin/env python3
"""requeue.py PROGRAM: train.sbatch continues by itself after a warning, a time limit, a time limit without warning and a
node that goes down: the model of a single rank that nothing stopped, one restart, a log without a gap. A job that
makes no progress between two requeues is stopped."""
import os
import sys
import threading

from cluster import (Lab, built_with_mpich, check, client, command, iterations, log_rows, room, sha256, single_rank, submit,
                     wait_until)

PROGRAM = sys.argv[1]
TRAIN = ["--train-count", 1000, "--hidden", 40, "--gradient-tolerance", 0, "--checkpoint-every", 5]
AFTERWARDS = 10  # iterations after the restart


class Run:
    """A training that would go on for ever, were its limit not set once it is queued again."""

    def __init__(self, place, name, *options, **environment):
        self.name, self.directory, self.config = name, place / name, place / f"{name}.ini"
        self.limit(10 ** 9)
        self.job = submit("train.sbatch", "--config", self.config, "--output", self.directory, *TRAIN, options=options,
                          environment={"SAE_MPI": PROGRAM, **environment}.items())

    def limit(self, count):
        part = self.config.with_suffix(".part")
        part.write_text(f"max-iterations = {count}\n")
        part.replace(self.config)

    def begun(self):
        """Waits until some is done and saved."""
        wait_until(lambda: iterations(self.directory) > 12, f"{self.name}: some iterations")

    def restarted(self):
        """Waits until the job is queued again; it is to end soon after it has gone on."""
        wait_until(lambda: self.job.get("Restarts") != "0", f"{self.name}: queued again")
        # A short limit is for the first start: on a busy machine the second one may need more.
        client("scontrol", "update", f"JobId={self.job.number}", "TimeLimit=60")
        self.last = iterations(self.directory) + AFTERWARDS
        self.limit(self.last)

    def end_once_restarted(self):
        threading.Thread(target=self.restarted, daemon=True).start()

    def finished(self, *words):
        text = self.job.wait("COMPLETED")
        check(self.job.get("Restarts") == "1" and self.job.get("ExitCode") == "0:0", f"{self.name}: done, Restarts=1")
        for word in ("start 1:", "start 2:", "resume: from", *words):
            check(word in text, f"{self.name}: the output has '{word}'", text)
        self.sha256 = sha256(text)


def no_progress(place):
    """Programs that save nothing: one that is asked to stop each time, and one that Slurm queues again."""
    asked, lost = place / "asked", place / "lost"
    for path, last_words in ((asked, "exit 75"), (lost, "exec sleep 1000")):
        path.write_text(f'#!/bin/sh\n[ "$1" != --version ] || exec {PROGRAM} --version\n{last_words}\n')
        path.chmod(0o755)
    return (submit("train.sbatch", "--output", place / "asked-run", environment={"SAE_MPI": str(asked)}.items()),
            submit("train.sbatch", "--output", place / "lost-run", environment={"SAE_MPI": str(lost)}.items()))


def stopped(asked, lost):
    text = asked.wait("FAILED")
    check(asked.get("Restarts") == "1" and "no progress between two requeues" in text,
          "a job that saves nothing stops after one restart and says why", text)
    for start in (1, 2):
        wait_until(lambda: f"start {start}:" in lost.output(), f"start {start}")
        command("scontrol", "requeue", lost.number)
    text = lost.wait("FAILED")
    check("start 3: nothing new" in text and "no progress between two requeues" in text,
          "a job that Slurm queues again and again without progress stops and says why", text)


def down(run):
    run.begun()
    run.end_once_restarted()
    last = command("scontrol", "show", "hostnames", run.job.get("NodeList")).split()[-1]
    command("scontrol", "update", f"NodeName={last}", "State=DOWN", "Reason=test")
    wait_until(lambda: run.job.get("Restarts") == "1", "queued again")
    # A node that has registered meanwhile is back already, and there is nothing to resume.
    client("scontrol", "update", f"NodeName={last}", "State=RESUME")


def same_as_single_rank(place, runs):
    """One rank, in ascending order of their lengths, each on top of the one before."""
    for run in sorted(runs, key=lambda run: run.last):
        expected = single_rank(PROGRAM, place / "one", "--max-iterations", run.last, "--resume", *TRAIN)
        check(run.sha256 == expected, f"{run.name}: the hash of a single rank's run of {run.last} iterations")
        check(log_rows(run.directory) == log_rows(place / "one"), f"{run.name}: the log has no gap, the same numbers")
        check(len(log_rows(run.directory)) == run.last + 1, f"{run.name}: the log has {run.last + 1} lines")


def main():
    with room() as place, Lab(place, 8):
        os.chdir(place)
        two_by_two, two_by_one = ["--nodes=2", "--ntasks-per-node=2"], ["--nodes=2", "--ntasks-per-node=1"]
        limit = Run(place, "limit", *two_by_one)
        # The warning comes when it is too late.
        late = Run(place, "late", *two_by_one, "--signal=B:USR1@1")
        # MPICH's own launcher is handed another signal than srun.
        warned = Run(place, "warned", *two_by_two,
                     **({"SAE_LAUNCHER": "mpiexec.hydra"} if built_with_mpich(PROGRAM) else {}))
        for run in (limit, late, warned):
            run.end_once_restarted()
        idle = no_progress(place)
        # Not from the start: Slurm looks at the clock every 30 s only, and might warn before anything is saved.
        limit.begun()
        command("scontrol", "update", f"JobId={limit.job.number}", "TimeLimit=2")
        late.begun()
        # "now" may be a second ago when it gets there, which Slurm refuses.
        wait_until(lambda: client("scontrol", "update", f"JobId={late.job.number}", "EndTime=now").returncode == 0,
                   "the end of late's time")
        warned.begun()
        command("scancel", "--batch", "--signal=USR1", warned.job.number)
        warned.finished("status 75", "stopped as asked")
        lost = Run(place, "lost-node", *two_by_two)
        down(lost)
        lost.finished()
        stopped(*idle)
        limit.finished("status 75", "stopped as asked")
        late.finished("DUE TO TIME LIMIT")
        same_as_single_rank(place, [limit, late, warned, lost])


main()
