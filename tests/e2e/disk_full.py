#!/usr/bin/env python3
"""disk_full.py PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): `train` on a small file system that
fills up while it runs, at each of the files that it writes. The message names the file and says what to do, what was
there before is still whole, and after space has been made the run ends with the bytes of one that had enough.

The file system is a tmpfs in a mount namespace of the test's own (unshare); skipped, 77, where that is not allowed."""
import errno
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from processes import Job, Undisturbed, check, failed_alone, newest_checkpoint, own_words, until

PROGRAM, MPIRUN = sys.argv[1], sys.argv[2:]
FAILED = failed_alone(MPIRUN)
SIZE = 6 << 20
TRAIN = ["train", "--hidden", 12, "--train-count", 150, "--test-count", 5, "--seed", 3, "--history", 6,
         "--gradient-tolerance", 0, "--threads", 1]
ITERATIONS = 60
INSIDE = "SAE_DISK_FULL_INSIDE"


def free(room):
    status = os.statvfs(room)
    return status.f_bavail * status.f_frsize


def fill(room, left):
    """Takes space, in a file that grows, until no more than so many bytes are free."""
    with open(room / "filler", "ab", buffering=0) as file:
        try:
            while (size := min(free(room) - left, 1 << 16)) > 0:
                os.write(file.fileno(), bytes(size))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def start(directory, *more, ranks=3):
    return Job(MPIRUN, ranks, PROGRAM, [*TRAIN, *more, "--output", directory])


def run(directory, *more, ranks=3):
    return start(directory, *more, ranks=ranks).finish()


def intact(directory):
    """What `evaluate` and a resume make of what is there: the model's bytes, and no complaint."""
    status, _, err = Job(MPIRUN, 1, PROGRAM, ["evaluate", "--model", directory / "model.safetensors", "--train-count", 20]).finish()
    check(status == 0, "the model there can be read", err)
    return (directory / "model.safetensors").read_bytes()


def checkpoints_do_not_fit(room, undisturbed):
    """Two of 1.3 MB fit, the third one does not while it is written: a warning each time, and the run continues."""
    directory = room / "run"
    fill(room, int(3.3e6))
    _, expected = undisturbed(ITERATIONS)
    status, _, err = run(directory, "--max-iterations", ITERATIONS, "--checkpoint-every", 7, "--quiet")
    warnings = [line for line in err.splitlines() if line.startswith("warning: ")]
    check(status == 0 and all(f"warning: cannot write {directory}/checkpoint-0000" in line and "No space left on device" in
                              line and line.endswith("; the run continues") for line in warnings) and len(warnings) >= 2,
          f"no space for a third checkpoint: {len(warnings)} warnings, and the run comes to its end", err)
    check((directory / "model.safetensors").read_bytes() == expected, "with the same model")
    saved = sorted(path.name for path in directory.glob("*checkpoint*"))
    check(saved == ["checkpoint-000007.safetensors", "checkpoint-000014.safetensors"], "the first two are left", saved)
    (room / "filler").unlink()
    (directory / "model.safetensors").unlink()
    status, _, err = run(directory, "--max-iterations", ITERATIONS, "--resume", ranks=2)
    check(status == 0 and "checkpoint-000014" in err and (directory / "model.safetensors").read_bytes() == expected,
          "and good to go on from", err)
    shutil.rmtree(directory)


def log_does_not_fit(room, undisturbed):
    """In a run that would not end by itself."""
    directory = room / "run"
    job = start(directory, "--max-iterations", 100000, "--checkpoint-every", 100)
    until(lambda: job.ended() or (directory / "checkpoint-000100.safetensors").exists())
    # Between two saves, so that nothing is given back.
    while job.freeze([0]) and (list(directory.glob(".*")) or len(list(directory.glob("checkpoint-*"))) > 2):
        job.send(signal.SIGCONT, [0])
        time.sleep(0.002)
    fill(room, 0)
    job.send(signal.SIGCONT, [0])
    status, _, err = job.finish()
    said = own_words(err)
    check(status in FAILED and len(said) == 1 and f"cannot write {directory}/" in said[0] and "No space left on device" in said[0],
          f"no space at all in the middle: {said}", f"status {status}\n{err}")
    (room / "filler").unlink()
    iterations = newest_checkpoint(directory) + 20
    status, _, err = run(directory, "--max-iterations", iterations, "--resume", ranks=4)
    _, expected = undisturbed(iterations)
    check(status == 0 and "resume: from" in err and (directory / "model.safetensors").read_bytes() == expected,
          "space made and resumed: the same model", err)


def results_do_not_fit(room):
    """The run there is to be replaced, with less and less space, so that one file after the other does not fit."""
    directory = room / "run"
    for path in directory.glob("checkpoint-*"):
        path.unlink()  # the new run would do so, and have their space
    old = intact(directory)
    hit = set()
    for number, left in enumerate((0, 9000, 60000, 150000, 180000, 200000)):
        before = {path.name: path.read_bytes() for path in directory.iterdir() if not path.name.startswith("checkpoint")}
        fill(room, left)
        status, _, err = run(directory, "--max-iterations", 3, "--overwrite", "--lambda", 0.001 * number, ranks=2)
        (room / "filler").unlink()
        said = own_words(err)
        named = said and next((name for name in before if f"cannot write {directory}/{name}: No space left" in said[0]), None)
        check(status in FAILED and len(said) == 1 and named, f"{left} bytes left: {said}", f"status {status}\n{err}")
        check((directory / named).read_bytes() == before[named] or named == "log.jsonl", f"the old {named} is whole")
        check(not list(directory.glob(".*")), "nothing is left behind")
        if named in ("config.ini", "log.jsonl", "model.safetensors"):
            check(intact(directory) == old, "the old model is there")
        else:
            old = intact(directory)
        hit.add(named)
    check({"config.ini", "model.safetensors", "report.html"} <= hit, f"hit: {sorted(hit)}")


def inside():
    with tempfile.TemporaryDirectory(prefix="sae-disk-full-") as name:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", name], capture_output=True, text=True)
        if done.returncode != 0:
            print(f"skipped: no file system can be mounted here: {done.stderr.strip()}")
            return 77
        try:
            room = pathlib.Path(name)
            with tempfile.TemporaryDirectory(prefix="sae-disk-enough-") as enough:
                undisturbed = Undisturbed(MPIRUN, PROGRAM, TRAIN, pathlib.Path(enough))
                checkpoints_do_not_fit(room, undisturbed)
                log_does_not_fit(room, undisturbed)
            results_do_not_fit(room)
        finally:
            subprocess.run(["umount", "-l", name], check=False)
    return 0


def main():
    if INSIDE in os.environ:
        return inside()
    own = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    if not shutil.which("unshare") or subprocess.run([*own, "true"], capture_output=True).returncode != 0:
        print("skipped: no mount namespace can be made here (unshare)")
        return 77
    return subprocess.run([*own, sys.executable, *sys.argv], env={**os.environ, INSIDE: "1"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
