#!/usr/bin/env python3
"""hosts.py PROGRAM: train-hosts.sh on two hosts, which are network namespaces of this machine, gives the model of a
single rank. A host whose processes are killed, or whose network is cut, ends the run in a bounded time with a message;
the same line on the host that is left gives the model of a run that nothing stopped."""
import contextlib
import os
import subprocess
import sys
import time

from cluster import (SCRIPTS, built_with_mpich, check, hosts, iterations, log_rows, need, room, sha256, single_rank,
                     skip, wait_until)
from namespaces import ip, kill_all, namespace, processes, start_on
from processes import until

PROGRAM = sys.argv[1]
TRAIN = ["--train-count", 500, "--hidden", 20, "--gradient-tolerance", 0, "--checkpoint-every", 5, "--threads", 1]
BOUND = 60  # seconds; 30 by the settings of train-hosts.sh
SECONDS = 20  # for a rank that is killed to be gone


def start(hostfile, run, limit):
    """train-hosts.sh on host h1."""
    line = [SCRIPTS / "train-hosts.sh", hostfile, "--output", run, "--max-iterations", limit, *TRAIN]
    return start_on("h1", " ".join(map(str, line)))


def end(process, patience=400):
    """Exit status and output."""
    try:
        return process.communicate(timeout=patience)[0], process.returncode
    except subprocess.TimeoutExpired:
        kill_all("h1")
        check(False, f"the end within {patience} s; output: {process.communicate()[0]}")


def vanish(place, name, strike):
    both, one, run = place / "both", place / "one-host", place / name
    process = start(both, run, 10 ** 9)
    wait_until(lambda: iterations(run) > 12, f"{name}: some iterations")
    check(len(processes("h2")) >= 3, f"{name}: a daemon and two ranks on h2")
    strike()
    begin = time.monotonic()
    text, status = end(process, BOUND)
    check(status > 2, f"{name}: ends after {time.monotonic() - begin:.0f} s, with status {status}")
    # Open MPI's own words depend on what it noticed first, the daemon or its ranks.
    print(text[-1500:])
    check(f"ended with status {status}" in text and "What is saved is in" in text and "take it out" in text,
          f"{name}: says what happened and what to do")
    # mpirun does not wait for a rank that it has killed in the middle of a write to the disk.
    gone = until(lambda: not list(filter(is_rank, processes("h1"))), SECONDS, 0.05)
    check(gone, f"{name}: within {SECONDS} s no rank is left on the host that stays")
    kill_all("h2")
    last = iterations(run) + 10
    text, status = end(start(one, run, last))
    check(status == 0 and "resume: from" in text, f"{name}: continues with one host")
    expected = single_rank(PROGRAM, place / "single", "--max-iterations", last, "--overwrite", *TRAIN)
    check(sha256(text) == expected, f"{name}: the hash of a run of {last} iterations that nothing stopped")
    check(log_rows(run) == log_rows(place / "single"), f"{name}: the log has no gap, and the same numbers")


def is_rank(pid):
    with contextlib.suppress(OSError):
        return os.path.samefile(f"/proc/{pid}/exe", PROGRAM)
    return False


def main():
    need("mpirun")
    if built_with_mpich(PROGRAM):
        skip("train-hosts.sh is for Open MPI's mpirun")
    os.environ["SAE_MPI"] = PROGRAM
    with room() as place, hosts(2):
        (place / "both").write_text("h1 slots=2\nh2 slots=2\n")
        (place / "one-host").write_text("h1 slots=2\n")
        text, status = end(start(place / "both", place / "whole", 30))
        check(status == 0, "2 hosts x 2 ranks" + (": " + text if status else ""))
        check(sha256(text) == single_rank(PROGRAM, place / "one", "--max-iterations", 30, *TRAIN),
              "2 hosts x 2 ranks: the hash of a single rank's run")
        vanish(place, "killed", lambda: kill_all("h2"))
        vanish(place, "cut-off", lambda: ip("-n", namespace("h2"), "link", "set", "eth0", "down"))


main()
