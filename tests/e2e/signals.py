#!/usr/bin/env python3
"""signals.py [--few | --all] PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): a training that is asked to
stop, by SIGUSR2, SIGTERM or SIGINT, on any rank, on some or on all, once or several times, or by way of mpirun, saves
what it has completed, leaves with 75 (SIGINT: 130), and ends with the bytes of one that nobody disturbed. A second
SIGINT ends it at once, SIGCONT does nothing. A signal that mpirun does not hand on in time costs no more than what was
done since the last checkpoint. A sweep likewise."""
import pathlib
import signal
import sys
import tempfile
import time

from processes import (MPICH, OPEN_MPI, Job, Undisturbed, check, in_mask, launcher_of, log_rows, newest_checkpoint,
                       state_of, until)

# --few: one of each kind, for a program that starts slowly. --all: every stop of the table, not one in three.
FEW, EVERY = sys.argv[1] == "--few", sys.argv[1] == "--all"
PROGRAM, *MPIRUN = sys.argv[2:] if FEW or EVERY else sys.argv[1:]
TRAIN = ["train", "--hidden", 12, "--train-count", 300, "--test-count", 5, "--seed", 3, "--gradient-tolerance", 0,
         "--threads", 1, "--checkpoint-every", 100000]
SWEEP = ["sweep", "--hidden", "9,12,15", "--train-count", 300, "--test-count", 5, "--beta", 3, "--rho", 0.1, "--lambda",
         "1e-3", "--gradient-tolerance", 0, "--checkpoint-every", 100000, "--threads", 1]
# Not to be reached, however late a signal comes; where the last start shall end, a few iterations later, is set then.
ENDLESS, FEW_MORE = ["--max-iterations", 100000], 20
USR2, TERM, INT, CONT, HUP = signal.SIGUSR2, signal.SIGTERM, signal.SIGINT, signal.SIGCONT, signal.SIGHUP
# What the launcher hands on to each rank, once; and what ends it and, at once or in a second or two, the ranks.
LAUNCHER = launcher_of(MPIRUN)
HANDED_ON = {OPEN_MPI: {USR2: 75}, MPICH: {TERM: 75, INT: 130}}[LAUNCHER]
DEADLY = {OPEN_MPI: (TERM, INT, HUP), MPICH: (USR2, HUP)}[LAUNCHER]
RANKS = 3
ALL = tuple(range(RANKS))
# What is sent, one after the other, to whom; the exit status.
STOPS = [
    ([(USR2, (0,))], 75), ([(USR2, (2,))], 75), ([(USR2, (1, 2))], 75), ([(USR2, ALL)], 75), ([(USR2, (1,))] * 4, 75),
    ([(USR2, ALL)] * 3, 75),
    ([(TERM, (0,))], 75), ([(TERM, (1,))], 75), ([(TERM, (0, 2))], 75), ([(TERM, ALL)], 75), ([(TERM, ALL)] * 3, 75),
    ([(TERM, (2,)), (USR2, (1,)), (CONT, ALL), (TERM, (0,))], 75),
    ([(INT, (0,))], 130), ([(INT, (2,))], 130), ([(INT, (0, 1))], 130), ([(INT, ALL)], 130),
    # SIGINT to all before another: a rank that reports the other one has the SIGINT as well.
    ([(INT, ALL), (USR2, (0,)), (TERM, (2,))], 130), ([(INT, ALL), (USR2, ALL)], 130),
    *(([(number, ("mpirun",))], status) for number, status in HANDED_ON.items()),
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
    """Each signal when the one before has been taken: two of a kind that wait are but one."""
    for number, victims in sent:
        job.send(number, victims)
        everyone = [*job.pids().values(), *([] if job.ended() else [job.process.pid])]
        until(lambda: not any(in_mask(pid, "ShdPnd", number) for pid in everyone if state_of(pid)))


def stop_train(directory, sent, status):
    """Starts or continues, and stops it; all that was completed is saved."""
    job = start([*TRAIN, *ENDLESS], directory)
    under_way(job, directory)
    send(job, sent)
    found, out, err = job.finish()
    saved, last = newest_checkpoint(directory), log_rows(directory)[-1]["iteration"]
    check(found == status and saved == last and err.count("stopped as asked") == 1 and not out,
          f"train: {words(sent)}: exit status {status}, saved at iteration {saved}",
          f"exit status {found}, checkpoint {saved}, log {last}\n{out}{err}")


def stops_of_train(room, undisturbed):
    directory = room / "stopped"
    for sent, status in STOPS[3::6] if FEW else STOPS if EVERY else STOPS[::3]:
        stop_train(directory, sent, status)
    finish_train(directory, undisturbed)


def finish_train(directory, undisturbed, ranks=2):
    iterations = newest_checkpoint(directory) + FEW_MORE
    status, _, err = start([*TRAIN, "--max-iterations", iterations], directory, ranks).finish()
    check(status == 0, f"resumed to the end, {iterations} iterations", err)
    check((log_rows(directory), (directory / "model.safetensors").read_bytes()) == undisturbed(iterations),
          "model and log as of a training that nobody stopped")


def harmless(room, undisturbed):
    directory, iterations = room / "harmless", 400
    job = start([*TRAIN, "--max-iterations", iterations], directory)
    job.all_pids()
    while not job.ended():
        job.send(CONT, ["mpirun", *ALL])
        time.sleep(0.02)
    status, _, err = job.finish()
    check(status == 0, "SIGCONT again and again: nothing happens", err)
    check((log_rows(directory), (directory / "model.safetensors").read_bytes()) == undisturbed(iterations),
          "and the same comes out")


def early(room):
    """As soon as the program listens, which may be before it has evaluated anything."""
    directory = room / "early"
    job = start([*TRAIN[:4], 20000, *TRAIN[5:], *ENDLESS], directory)
    until(lambda: job.ended() or len(job.pids()) == RANKS and all(in_mask(pid, "SigCgt", TERM) for pid in
                                                                  job.pids().values()))
    send(job, [(TERM, ALL)])
    status, out, err = job.finish()
    check(status == 75 and not out, "train: SIGTERM to all ranks before the first evaluation: exit status 75",
          out + err)
    check(not (directory / "model.safetensors").exists(), "and no model")


def by_mpirun(room, undisturbed):
    """The launcher's status is its own, and all end."""
    every = 5
    for number in DEADLY:
        directory = room / f"mpirun-{number.name}"
        job = start([*TRAIN[:-1], every, *ENDLESS], directory)
        until(lambda: job.ended() or newest_checkpoint(directory) >= 2 * every)
        begin = time.monotonic()
        send(job, [(number, ("mpirun",))])
        status, _, err = job.finish()
        check(status not in (0, None), f"train: {number.name} to mpirun: ends, exit status {status}", err)
        check(time.monotonic() - begin < 30, "in seconds")
        saved, last = newest_checkpoint(directory), log_rows(directory)[-1]["iteration"]
        check(last - saved <= every, f"checkpoint {saved} of {last} iterations, with one every {every}")
        finish_train(directory, undisturbed, 4)


def second_interrupt(room):
    """In the middle of an evaluation, which cannot end as rank 0 is stopped: nothing waits for its end."""
    directory = room / "twice"
    job = start([*TRAIN, *ENDLESS], directory)
    under_way(job, directory)
    check(job.freeze([0]), "a training whose rank 0 stands still")
    send(job, [(INT, (1,))] * 2)
    status, _, err = job.finish()
    # MPICH's launcher ends the other ranks by signal 9, and reports one of the two or both as one: 2 | 9.
    by_interrupt = "signal 2" in err or LAUNCHER == MPICH and status in (signal.SIGKILL, INT | signal.SIGKILL)
    check(status not in (0, 75, None) and "stopped as asked" not in err and by_interrupt,
          f"train: a second SIGINT ends at once, exit status {status}", err)
    check(newest_checkpoint(directory) == -1, "the evaluation was not waited for")


def models(directory):
    return {path.parent.name: path.read_bytes() for path in sorted(directory.glob("*/model.safetensors"))}


def stops_of_sweep(room):
    directory = room / "stopped-sweep"
    for sent, status in (([(TERM, ALL)] * 3, 75), ([(INT, ALL)], 130), ([(USR2, (1, 2))], 75),
                         *(([(number, ("mpirun",))], status) for number, status in HANDED_ON.items()),
                         ([(INT, (2,)), (USR2, (0,))], 130)):
        job = start([*SWEEP, *ENDLESS], directory)
        job.all_pids()
        before = sum(path.stat().st_size for path in directory.glob("*/log.jsonl"))
        until(lambda: job.ended() or sum(path.stat().st_size for path in directory.glob("*/log.jsonl")) > before)
        send(job, sent)
        found, out, err = job.finish()
        trainings = [path.parent for path in directory.glob("*/log.jsonl")]
        last = {path.name: rows[-1]["iteration"] for path in trainings
                if not (path / "result.json").exists() and (rows := log_rows(path))}
        unsaved = [name for name, iteration in last.items() if iteration != newest_checkpoint(directory / name)]
        check(found == status and not unsaved and err.count("stopped as asked") == 1 and not out,
              f"sweep: {words(sent)}: exit status {status}, all settings under way are saved",
              f"exit status {found}, unsaved {unsaved}\n{out}{err}")
    to_the_end = [*SWEEP, "--max-iterations", FEW_MORE + max(map(newest_checkpoint, directory.glob("*/")))]
    status, _, err = start(to_the_end, directory, 2).finish()
    check(status == 0, "resumed to the end", err)
    status, _, err = start(to_the_end, room / "sweep").finish()
    check(status == 0 and models(directory) == models(room / "sweep"), "the models of a sweep that nobody stopped", err)


def main():
    with tempfile.TemporaryDirectory(prefix="sae-signals-") as name:
        room = pathlib.Path(name)
        undisturbed = Undisturbed(MPIRUN, PROGRAM, TRAIN, room)
        stops_of_train(room, undisturbed)
        second_interrupt(room)
        stops_of_sweep(room)
        if FEW:
            return
        harmless(room, undisturbed)
        early(room)
        by_mpirun(room, undisturbed)


if __name__ == "__main__":
    main()
