#!/usr/bin/env python3
"""signals.py [--few] PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): a training that is asked to stop, by
SIGUSR2, SIGTERM or SIGINT, on any rank, on some or on all, once or several times, or by way of mpirun, saves what it has
completed, leaves with 75 (SIGINT: 130), and ends with the bytes of one that nobody disturbed. A second SIGINT ends it at
once, SIGCONT does nothing. A sweep likewise."""
import os
import pathlib
import signal
import sys
import tempfile
import time

from processes import Job, check, log_rows, newest_checkpoint, until

FEW = sys.argv[1] == "--few"  # one of each kind, for a program that starts slowly
PROGRAM, *MPIRUN = sys.argv[2:] if FEW else sys.argv[1:]
TRAIN = ["train", "--hidden", 12, "--train-count", 300, "--test-count", 5, "--max-iterations", 400, "--seed", 3,
         "--gradient-tolerance", 0, "--threads", 1, "--checkpoint-every", 100000]
SWEEP = ["sweep", "--hidden", "9,12,15", "--train-count", 300, "--test-count", 5, "--beta", 3, "--rho", 0.1, "--lambda",
         "1e-3", "--max-iterations", 150, "--gradient-tolerance", 0, "--checkpoint-every", 100000, "--threads", 1]
USR2, TERM, INT, CONT = signal.SIGUSR2, signal.SIGTERM, signal.SIGINT, signal.SIGCONT
RANKS = 3
ALL = tuple(range(RANKS))
# What is sent, one after the other, to whom; the exit status.
STOPS = [
    ([(USR2, (0,))], 75), ([(USR2, (2,))], 75), ([(USR2, (1, 2))], 75), ([(USR2, ALL)], 75), ([(USR2, (1,))] * 4, 75),
    ([(USR2, ALL)] * 3, 75), ([(USR2, ("mpirun",))], 75), ([(USR2, ("mpirun",))] * 2, 75),
    ([(TERM, (0,))], 75), ([(TERM, (1,))], 75), ([(TERM, (0, 2))], 75), ([(TERM, ALL)], 75), ([(TERM, ALL)] * 3, 75),
    ([(TERM, (2,)), (USR2, (1,)), (CONT, ALL), (TERM, (0,))], 75),
    ([(INT, (0,))], 130), ([(INT, (2,))], 130), ([(INT, (0, 1))], 130), ([(INT, ALL)], 130),
    ([(INT, (1,)), (USR2, (0,)), (TERM, (2,))], 130), ([(INT, (1,)), (USR2, ALL)], 130),
]


def words(sent):
    return ", ".join(f"{number.name} to " + ("all ranks" if victims == ALL else "mpirun" if victims == ("mpirun",) else
                                             "rank " + " and ".join(map(str, victims))) for number, victims in sent)


def start(arguments, directory, ranks=RANKS):
    return Job(MPIRUN, ranks, PROGRAM, [*arguments, "--output", directory, "--resume"])


def under_way(job, directory):
    """Waits for an iteration that this start has completed."""
    before = newest_checkpoint(directory)
    job.all_pids()
    until(lambda: job.ended() or len(log_rows(directory)) > before + 2)


def send(job, sent):
    for number, victims in sent:
        job.send(number, victims)
        time.sleep(0.002)


def stop_train(directory, sent, status):
    """Starts or goes on, and stops it; all that was completed is saved."""
    job = start(TRAIN, directory)
    under_way(job, directory)
    send(job, sent)
    found, out, err = job.finish()
    saved, last = newest_checkpoint(directory), log_rows(directory)[-1]["iteration"]
    check(found == status and saved == last and err.count("stopped as asked") == 1 and not out,
          f"train: {words(sent)}: exit status {status}, saved at iteration {saved}",
          f"exit status {found}, checkpoint {saved}, log {last}\n{out}{err}")


def stops_of_train(room, expected):
    """Several trainings in turn, each stopped again and again until it is near its end."""
    directory, number = room / "train-0", 0
    for sent, status in STOPS[3::6] if FEW else STOPS:
        if newest_checkpoint(directory) > 330:
            finish_train(directory, expected)
            number += 1
            directory = room / f"train-{number}"
        stop_train(directory, sent, status)
    finish_train(directory, expected)


def finish_train(directory, expected, ranks=2):
    status, _, err = start(TRAIN, directory, ranks).finish()
    check(status == 0, "resumed to the end", err)
    check((log_rows(directory), (directory / "model.safetensors").read_bytes()) == expected,
          "model and log as of a training that nobody stopped")


def harmless(room, expected):
    directory = room / "harmless"
    job = start(TRAIN, directory)
    job.all_pids()
    while not job.ended():
        job.send(CONT, ["mpirun", *ALL])
        time.sleep(0.02)
    status, _, err = job.finish()
    check(status == 0, "SIGCONT again and again: nothing happens", err)
    check((log_rows(directory), (directory / "model.safetensors").read_bytes()) == expected, "and the same comes out")


def early(room):
    """As soon as the program listens, which may be before it has evaluated anything."""
    directory = room / "early"
    job = start([*TRAIN[:4], 20000, *TRAIN[5:]], directory)
    until(lambda: job.ended() or len(job.pids()) == RANKS and all(map(listens, job.pids().values())))
    send(job, [(TERM, ALL)])
    status, out, err = job.finish()
    check(status == 75 and not out, "train: SIGTERM to all ranks before the first evaluation: exit status 75", out + err)
    check(not (directory / "model.safetensors").exists(), "and no model")


def listens(pid):
    """Whether the process catches SIGTERM by a handler."""
    status = pathlib.Path(f"/proc/{pid}/status")
    try:
        caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    except (OSError, StopIteration):
        return False
    return int(caught.split()[1], 16) >> (TERM - 1) & 1 == 1


def by_mpirun(room, expected):
    """On SIGTERM and SIGINT Open MPI's mpirun gives the ranks a second, its status is its own, and all end."""
    for number in (TERM, INT):
        directory = room / f"mpirun-{number.name}"
        job = start(TRAIN, directory)
        under_way(job, directory)
        begin = time.monotonic()
        send(job, [(number, ("mpirun",))])
        status, _, err = job.finish()
        check(status not in (0, None), f"train: {number.name} to mpirun: ends, exit status {status}", err)
        check(time.monotonic() - begin < 15, "in seconds")
        finish_train(directory, expected, 4)


def second_interrupt(room):
    """In the middle of an evaluation that takes long: its end is not waited for."""
    directory = room / "twice"
    long_evaluations = ["train", "--hidden", 300, "--train-count", 15000, "--test-count", 5, "--threads", 1]
    job = start(long_evaluations, directory)
    pids = job.all_pids()
    until(lambda: job.ended() or log_rows(directory))
    before = len(log_rows(directory))
    for _ in range(2):
        os.kill(pids[1], INT)
        time.sleep(0.05)
    status, _, err = job.finish()
    check(status not in (0, 75, None) and "stopped as asked" not in err and "signal 2" in err,
          f"train: a second SIGINT ends at once, exit status {status}", err)
    check(len(log_rows(directory)) == before and newest_checkpoint(directory) == -1, "the evaluation was not waited for")


def models(directory):
    return {path.parent.name: path.read_bytes() for path in sorted(directory.glob("*/model.safetensors"))}


def stops_of_sweep(room):
    job = start(SWEEP, room / "sweep")
    status, _, err = job.finish()
    check(status == 0, "a sweep of three settings", err)
    expected = models(room / "sweep")
    directory = room / "stopped-sweep"
    for sent, status in (([(TERM, ALL)] * 3, 75), ([(INT, ALL)], 130), ([(USR2, (1, 2))], 75),
                         ([(USR2, ("mpirun",))], 75), ([(INT, (2,)), (USR2, (0,))], 130)):
        job = start(SWEEP, directory)
        job.all_pids()
        before = sum(path.stat().st_size for path in directory.glob("*/log.jsonl"))
        until(lambda: job.ended() or sum(path.stat().st_size for path in directory.glob("*/log.jsonl")) > before)
        send(job, sent)
        found, out, err = job.finish()
        unsaved = [path.parent.name for path in directory.glob("*/log.jsonl") if not (path.parent / "result.json").exists()
                   and log_rows(path.parent) and log_rows(path.parent)[-1]["iteration"] != newest_checkpoint(path.parent)]
        check(found == status and not unsaved and err.count("stopped as asked") == 1 and not out,
              f"sweep: {words(sent)}: exit status {status}, all settings under way are saved",
              f"exit status {found}, unsaved {unsaved}\n{out}{err}")
    status, _, err = start(SWEEP, directory, 2).finish()
    check(status == 0 and models(directory) == expected, "resumed to the same models", err)


def main():
    with tempfile.TemporaryDirectory(prefix="sae-signals-") as name:
        room = pathlib.Path(name)
        status, _, err = start(TRAIN, room / "undisturbed", 1).finish()
        check(status == 0, "a training that nobody disturbs", err)
        expected = log_rows(room / "undisturbed"), (room / "undisturbed" / "model.safetensors").read_bytes()
        stops_of_train(room, expected)
        second_interrupt(room)
        stops_of_sweep(room)
        if FEW:
            return
        harmless(room, expected)
        early(room)
        by_mpirun(room, expected)


if __name__ == "__main__":
    main()
