#!/usr/bin/env python3
"""hosts.py PROGRAM: train-hosts.sh on two hosts, which are network namespaces of this machine, gives the model of a
single rank. A host whose processes are killed, or whose network is cut, ends the run in a bounded time with a message;
the same line on the host that is left gives the model of a run that nothing stopped."""
import contextlib
import os
import subprocess
import sys
import time

from cluster import (HERE, SCRIPTS, built_with_mpich, check, iterations, log_rows, need, room, sha256, single_rank, skip,
                     wait_until)
from processes import until

PROGRAM = sys.argv[1]
PREFIX = f"sae{os.getpid() % 10000}"
TRAIN = ["--train-count", 500, "--hidden", 20, "--gradient-tolerance", 0, "--checkpoint-every", 5, "--threads", 1]
BOUND = 60  # seconds; 30 by the settings of train-hosts.sh
SECONDS = 20  # for a rank that is killed to be gone


def ip(*words, must=True):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if must and done.returncode != 0:
        raise OSError(done.stderr)


def namespace(host):
    return PREFIX + host


@contextlib.contextmanager
def network():
    """Hosts h1 and h2 on one bridge that has no way out."""
    try:
        ip("netns", "add", namespace("net"))
        ip("-n", namespace("net"), "link", "add", "bridge", "type", "bridge")
        ip("-n", namespace("net"), "link", "set", "bridge", "up")
        for k in (1, 2):
            ip("netns", "add", namespace(f"h{k}"))
            ip("-n", namespace(f"h{k}"), "link", "set", "lo", "up")
            ip("-n", namespace("net"), "link", "add", f"port{k}", "type", "veth", "peer", "name", "eth0", "netns",
               namespace(f"h{k}"))
            ip("-n", namespace("net"), "link", "set", f"port{k}", "master", "bridge", "up")
            ip("-n", namespace(f"h{k}"), "addr", "add", f"10.213.7.{k}/24", "dev", "eth0")
            ip("-n", namespace(f"h{k}"), "link", "set", "eth0", "up")
        subprocess.run([str(HERE / "host_agent"), "h1", "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        remove_network()
        skip(f"network namespaces cannot be made here: {error}")
    try:
        yield
    finally:
        remove_network()


def processes(host):
    done = subprocess.run(["ip", "netns", "pids", namespace(host)], capture_output=True, text=True)
    return [int(pid) for pid in done.stdout.split()]


def kill_all(host):
    for pid in processes(host):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)


def remove_network():
    for host in ("h1", "h2", "net"):
        kill_all(host)
        ip("netns", "del", namespace(host), must=False)


def start(hostfile, run, limit):
    """train-hosts.sh on host h1."""
    line = [SCRIPTS / "train-hosts.sh", hostfile, "--output", run, "--max-iterations", limit, *TRAIN]
    return subprocess.Popen([str(HERE / "host_agent"), "h1", " ".join(map(str, line))], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, start_new_session=True)


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
    need("ip", "unshare", "mpirun")
    if built_with_mpich(PROGRAM):
        skip("train-hosts.sh is for Open MPI's mpirun")
    if os.geteuid() != 0:
        skip("network namespaces need root")
    agent = str(HERE / "host_agent")
    # By the names of Open MPI 4 and 5.
    os.environ.update(SAE_TEST_PREFIX=PREFIX, SAE_MPI=PROGRAM, OMPI_MCA_plm_rsh_agent=agent, PRTE_MCA_plm_ssh_agent=agent)
    with room() as place, network():
        (place / "both").write_text("h1 slots=2\nh2 slots=2\n")
        (place / "one-host").write_text("h1 slots=2\n")
        text, status = end(start(place / "both", place / "whole", 30))
        check(status == 0, "2 hosts x 2 ranks" + (": " + text if status else ""))
        check(sha256(text) == single_rank(PROGRAM, place / "one", "--max-iterations", 30, *TRAIN),
              "2 hosts x 2 ranks: the hash of a single rank's run")
        vanish(place, "killed", lambda: kill_all("h2"))
        vanish(place, "cut-off", lambda: ip("-n", namespace("h2"), "link", "set", "eth0", "down"))


main()
