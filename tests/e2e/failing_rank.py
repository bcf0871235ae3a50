#!/usr/bin/env python3
"""failing_rank.py PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): when a rank of a training or a
sweep dies, or rank 0 cannot go on, all end in seconds, with one message and another exit status than 0, and the run can
be gone on with. A second run in the same directory is refused and does no harm."""
import pathlib
import signal
import sys
import tempfile
import time

from processes import Job, check, own_words, until

PROGRAM, MPIRUN = sys.argv[1], sys.argv[2:]
TRAIN = ["train", "--hidden", 12, "--train-count", 200, "--test-count", 5, "--seed", 3, "--gradient-tolerance", 0,
         "--threads", 1, "--checkpoint-every", 1, "--quiet"]
SHORT, ENDLESS = ["--max-iterations", 60], ["--max-iterations", 100000]
SWEEP = ["sweep", "--hidden", "5,6,7", "--train-count", 200, "--test-count", 5, "--gradient-tolerance", 0,
         "--max-iterations", 100000, "--threads", 1, "--quiet"]
SECONDS = 10  # mpirun gives the ranks that are left a second or two


def start(arguments, directory, ranks=3):
    return Job(MPIRUN, ranks, PROGRAM, [*arguments, "--output", directory])


def begun(job, directory):
    job.all_pids()
    until(lambda: job.ended() or [path for path in directory.rglob("log.jsonl") if path.stat().st_size])


def rank_killed(room):
    for name, arguments in (("train", [*TRAIN, *ENDLESS]), ("sweep", SWEEP)):
        for victim in range(3):
            directory = room / f"{name}-{victim}"
            job = start(arguments, directory)
            begun(job, directory)
            time.sleep(0.05)
            begin = time.monotonic()
            job.send(signal.SIGKILL, [victim])
            status, out, err = job.finish()
            seconds = time.monotonic() - begin
            check(status not in (0, None) and seconds < SECONDS, f"{name}: rank {victim} of 3 killed: all end in seconds",
                  f"status {status} after {seconds:.1f} s\n{err}")
            check(err.count("exited on signal 9 (Killed)") == 1 and not own_words(err) and not out,
                  "with mpirun's one message", out + err)


def launcher_killed(room):
    """While the ranks start and while they train; the next run is not kept waiting."""
    for pause in (0, 0.05, 0.1, 0.2, 0.4, None):
        directory = room / f"launcher-{pause}"
        job = start([*TRAIN, *ENDLESS], directory)
        if pause is None:
            begun(job, directory)
        else:
            until(lambda: job.ended() or job.pids())
            time.sleep(pause)
        job.pids()
        job.send(signal.SIGKILL, ["mpirun"])
        gone = until(lambda: job.ended() and not job.pids(), SECONDS, 0.01)
        check(gone, f"train: mpirun killed {'while it trains' if pause is None else f'after {pause} s'}: no rank is left",
              job.pids())
        job.finish()


def directory_lost(room, expected):
    """No checkpoint can be written any more: rank 0 fails while the others wait for it."""
    directory = room / "lost"
    job = start([*TRAIN, *ENDLESS], directory)
    begun(job, directory)
    # The next save finds no directory, a warning; at the end of the run, asked for by a signal, it is an error.
    # An iteration after the last that could be saved has to be done by then, or there is nothing to save.
    aside = room / "aside"
    directory.rename(aside)
    log = aside / "log.jsonl"
    done = log.stat().st_size
    until(lambda: job.ended() or log.stat().st_size > done + 1000)
    job.send(signal.SIGTERM, [2])
    status, _, err = job.finish(30)
    said = own_words(err)
    check(status not in (0, 75, None) and len(said) == 1 and f"cannot write {directory}/checkpoint-" in said[0],
          "train: the directory is gone: one message, which names the file", f"status {status}\n{err}")
    aside.rename(directory)
    status, _, err = start([*TRAIN, *SHORT, "--resume"], directory, 2).finish()
    check(status == 0 and (directory / "model.safetensors").read_bytes() == expected, "put back: the same model", err)


def second_run(room, expected):
    directory = room / "shared"
    first = start([*TRAIN, *ENDLESS], directory, 2)
    begun(first, directory)
    status, out, err = start([*TRAIN, *ENDLESS, "--resume"], directory, 2).finish()
    said = own_words(err)
    check(status == 1 and len(said) == 1 and f"another run is writing to {directory}" in said[0] and not out,
          "a second run in the same directory is refused", f"status {status}\n{err}")
    check(not first.ended(), "and the first goes on")
    first.send(signal.SIGINT, [0])
    status, _, err = first.finish()
    check(status == 130 and "warning" not in err, "undisturbed", err)


def main():
    with tempfile.TemporaryDirectory(prefix="sae-failing-rank-") as name:
        room = pathlib.Path(name)
        status, _, err = start([*TRAIN, *SHORT], room / "undisturbed", 1).finish()
        check(status == 0, "a training that nobody disturbs", err)
        expected = (room / "undisturbed" / "model.safetensors").read_bytes()
        rank_killed(room)
        launcher_killed(room)
        directory_lost(room, expected)
        second_run(room, expected)


if __name__ == "__main__":
    main()
