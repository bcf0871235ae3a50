#!/usr/bin/env python3
"""failing_rank.py [--few] PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): when a rank of a
training or a sweep dies, or rank 0 cannot go on, all end in seconds, with one message and another exit status than 0,
and the run can be gone on with. A second run in the same directory is refused and does no harm."""
import concurrent.futures
import pathlib
import signal
import sys
import tempfile
import time

from processes import Job, Undisturbed, check, failed_alone, newest_checkpoint, own_words, says_killed, until

FEW = sys.argv[1] == "--few"  # no process is killed: how a killed process ends cannot be tested
PROGRAM, *MPIRUN = sys.argv[2:] if FEW else sys.argv[1:]
MAY_RETURN_0 = 0 in failed_alone(MPIRUN)
AT_A_TIME = 4  # mostly they wait: for a lock, and for mpirun to end
TRAIN = ["train", "--hidden", 12, "--train-count", 200, "--test-count", 5, "--seed", 3, "--gradient-tolerance", 0,
         "--threads", 1, "--checkpoint-every", 1, "--quiet"]
ENDLESS = ["--max-iterations", 100000]
SWEEP = ["sweep", "--hidden", "5,6,7", "--train-count", 200, "--test-count", 5, "--gradient-tolerance", 0,
         "--max-iterations", 100000, "--threads", 1, "--quiet"]
SECONDS = 30  # mpirun gives the ranks that are left a second or two


def start(arguments, directory, ranks=3):
    return Job(MPIRUN, ranks, PROGRAM, [*arguments, "--output", directory])


def begun(job, directory):
    job.all_pids()
    until(lambda: job.ended() or [path for path in directory.rglob("log.jsonl") if path.stat().st_size])


def rank_killed(room, name, arguments, victim):
    directory = room / f"{name}-{victim}"
    job = start(arguments, directory)
    begun(job, directory)
    time.sleep(0.05)
    begin = time.monotonic()
    job.send(signal.SIGKILL, [victim])
    status, out, err = job.finish()
    seconds = time.monotonic() - begin
    check(status is not None and (status != 0 or MAY_RETURN_0) and seconds < SECONDS,
          f"{name}: rank {victim} of 3 killed: all end in seconds",
          f"status {status} after {seconds:.1f} s\n{err}")
    check(says_killed(err) == 1 and not own_words(err) and not out, "with mpirun's one message", out + err)


def launcher_killed(room, pause):
    """While the ranks start, `pause` seconds after the first is there, or while they train (None)."""
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


def directory_lost(room):
    """No checkpoint can be written any more: rank 0 fails while the others wait for it."""
    directory = room / "lost"
    job = start([*TRAIN, *ENDLESS], directory)
    begun(job, directory)
    # The next iteration finds no directory.
    aside = room / "aside"
    directory.rename(aside)
    status, _, err = job.finish(30)
    said = own_words(err)
    check(status not in (0, 75, None) and len(said) == 1 and f"{directory}: the directory is gone" in said[0],
          "train: the directory is gone: one message, which names it", f"status {status}\n{err}")
    aside.rename(directory)
    iterations = newest_checkpoint(directory) + 20
    status, _, err = start([*TRAIN, "--max-iterations", iterations, "--resume"], directory, 2).finish()
    check(status == 0, f"put back and resumed, {iterations} iterations", err)
    _, expected = Undisturbed(MPIRUN, PROGRAM, TRAIN, room)(iterations)
    check((directory / "model.safetensors").read_bytes() == expected, "the model of a training that nobody disturbs")


def second_run(room):
    """The first one is stopped meanwhile, so that it cannot end."""
    directory = room / "shared"
    first = start([*TRAIN, *ENDLESS], directory, 2)
    begun(first, directory)
    check(first.freeze([0, 1]), "a training stands still")
    status, out, err = start([*TRAIN, *ENDLESS, "--resume"], directory, 2).finish()
    said = own_words(err)
    check(status == 1 and len(said) == 1 and f"another run is writing to {directory}" in said[0] and not out,
          "a second run in its directory is refused", f"status {status}\n{err}")
    first.send(signal.SIGCONT, [0, 1])
    first.send(signal.SIGINT, [0])
    status, _, err = first.finish()
    check(status == 130 and "warning" not in err, "and the first continues, undisturbed", err)


def main():
    with tempfile.TemporaryDirectory(prefix="sae-failing-rank-") as name:
        room = pathlib.Path(name)
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            cases = [pool.submit(second_run, room), pool.submit(directory_lost, room)]
            if not FEW:
                cases += [pool.submit(rank_killed, room, command, arguments, victim) for victim in range(3)
                          for command, arguments in (("train", [*TRAIN, *ENDLESS]), ("sweep", SWEEP))]
                cases += [pool.submit(launcher_killed, room, pause) for pause in (0, 0.05, 0.1, 0.2, 0.4, None)]
            for case in concurrent.futures.as_completed(cases):
                case.result()


if __name__ == "__main__":
    main()
