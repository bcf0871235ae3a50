#!/usr/bin/env python3
"""sweep.py MPIRUN ... PROGRAM (the launcher's words up to the number of ranks): a sweep gives the same table and the
same models on any ranks and groups, after it was killed or stopped, and from single settings collected afterwards;
a start that fails is replaced by another; one group's failure ends all."""
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

from processes import LONGEST, Job, check, failed_alone, own_words, sweep_table as table, until

MPIRUN, PROGRAM = sys.argv[1:-1], sys.argv[-1]
SWEEP = ["sweep", "--hidden", "5,40", "--train-count", "60,200", "--beta", "0,5:0.2,40:0.1", "--rho",
         "0.05,0.01", "--lambda", "1e-4", "--test-count", "50", "--max-iterations", "60", "--gradient-tolerance", "0",
         "--checkpoint-every", "5", "--threads", "1"]
SETTINGS = 12


def start(ranks, *arguments):
    return Job(MPIRUN, ranks, PROGRAM, arguments)


def run(ranks, *arguments, status=0):
    """(standard output, standard error, seconds) of a run with this exit status, or one of these."""
    begin = time.monotonic()
    found, out, err = start(ranks, *arguments).finish()
    if found not in (status if isinstance(status, tuple) else (status,)):
        check(False, f"{arguments}: exit status {found}, expected {status}", out + err)
    return out, err, time.monotonic() - begin


def complete(directory):
    """Each run directory holds all that a training leaves; table and report are there and fit."""
    names = ["config.ini", "log.jsonl", "model.safetensors", "report.html", "test-decoded.png", "test-input.png",
             "train-decoded.png", "train-input.png", "weights.png"]
    rows = table(directory)
    report = (directory / "report.html").read_text()
    for row in rows:
        missing = [name for name in names if not (directory / row["name"] / name).is_file()]
        if missing or f'href="./{row["report"]}"' not in report or row["sha256"] not in report:
            check(False, f"{row['name']}: {missing} is missing, or the report does not lead there")
    check(len(rows) == SETTINGS, f"{SETTINGS} settings, each in its own run directory, and one report")


def kill_all(job):
    """mpirun and its ranks, at once: SIGKILL."""
    job.kill()
    job.finish()


def start_to_the_middle(directory, ranks):
    """A sweep that has just written a checkpoint of a setting, with some finished and some not."""
    before = set(directory.glob("*/checkpoint-*"))
    job = start(ranks, *SWEEP, "--output", directory, "--resume")

    def in_the_middle():
        done = {path.parent for path in directory.glob("*/result.json")}
        begun = {path.parent for path in set(directory.glob("*/checkpoint-*")) - before}
        return done and begun - done

    caught = until(lambda: job.ended() or in_the_middle(), pause=0.002)
    check(caught and not job.ended(), "a sweep is caught in the middle")
    return job


def same(directory, expected, text):
    found = table(directory)
    for row, other in zip(found, expected):
        for key in other:
            if row[key] != other[key]:
                check(False, f"{text}: {row['name']}: {key}")
    check(found == expected, text)


def groupings(room, expected):
    for ranks, groups in ((2, 2), (2, 1), (3, 2)):
        directory = room / f"ranks-{ranks}-groups-{groups}"
        _, err, _ = run(ranks, *SWEEP, "--output", directory, "--groups", groups)
        same(directory, expected, f"{ranks} ranks in {groups} groups: same table, same models")
        words = f"{SETTINGS} settings to train on {ranks} ranks in {groups} group"
        check(words in err and f"{SETTINGS}/{SETTINGS} done, 0 running" in err, "progress is told")


def killed(room, expected):
    directory = room / "killed"
    for _ in range(2):
        kill_all(start_to_the_middle(directory, 2))
    done = {path: path.stat().st_mtime_ns for path in directory.glob("*/result.json")}
    check(0 < len(done) < SETTINGS, f"killed twice, with {len(done)} settings finished")
    _, err, _ = run(3, *SWEEP, "--output", directory, "--resume")
    check("resume: from" in err, "a training continues from its checkpoint")
    check(all(path.stat().st_mtime_ns == then for path, then in done.items()), "what is finished is not trained again")
    same(directory, expected, "killed and resumed on more ranks: same table, same models")
    complete(directory)


def stopped(room, expected):
    """One rank is asked, whichever it is; all stop."""
    directory = room / "stopped"
    for rank, number, status in ((0, signal.SIGTERM, 75), (1, signal.SIGUSR2, 75), (1, signal.SIGINT, 130)):
        job = start_to_the_middle(directory, 2)
        job.send(number, [rank])
        found, out, err = job.finish()
        check(found == status and "--resume continues" in err and not out,
              f"{number.name} to rank {rank}: exit status {found}, and what to do", out + err)
    check(not (directory / "sweep.json").exists(), "a stopped sweep has no table")
    run(1, *SWEEP, "--output", directory, "--resume", "--quiet")
    same(directory, expected, "stopped and resumed: same table, same models")


def one_by_one(room, expected):
    directory = room / "single"
    listed = json.loads(run(1, *SWEEP, "--output", directory, "--list")[0])
    check([entry["name"] for entry in listed] == [row["name"] for row in expected], "--list has the rows' names")
    check(not directory.exists(), "--list writes nothing")
    half = ",".join(str(k) for k in range(0, SETTINGS, 2))
    run(1, *SWEEP, "--output", directory, "--only", half, "--resume", "--quiet")
    check(not (directory / "sweep.json").exists(), "--only writes no table")
    run(1, *SWEEP, "--output", directory, "--collect")
    rows = json.loads((directory / "sweep.json").read_text())["settings"]
    check([row["status"] == "not_finished" for row in rows] == [k % 2 == 1 for k in range(SETTINGS)],
          "--collect tells what is not finished")
    for k in range(1, SETTINGS, 2):
        run(1, *SWEEP, "--output", directory, "--only", k, "--quiet")
    _, err, _ = run(2, *SWEEP, "--output", directory, "--resume")
    check("to train" not in err, "the rest came one by one; --resume trains nothing")
    same(directory, expected, "settings one by one, collected: same table, same models")
    complete(directory)


def on_a_terminal(room):
    """Behind mpirun too: a line for the whole and one a group, rewritten; elsewhere no escape sequences."""
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 70, 0, 0))
    process = subprocess.Popen([*MPIRUN, "2", PROGRAM, *SWEEP, "--output", str(room / "terminal")],
                               stdout=subprocess.DEVNULL, stderr=end, start_new_session=True,
                               env={**os.environ, "TERM": "xterm"})
    os.close(end)
    text = b""
    # The last reader of a terminal whose writers have gone gets an error.
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 1 << 16):
            text += piece
    check(process.wait(timeout=LONGEST) == 0, "a sweep on a terminal")
    # An MPI library may have printed its own lines before.
    lines = [re.sub(rb"\x1b\[[0-9]*[A-Z]|\r", b"", line) for anew in text.split(b"\x1b[3A")[1:]
             for line in anew.split(b"\n")[:3]]
    check(lines and max(map(len, lines)) < 70, "three lines, written anew, none of which wraps")
    check(f"{SETTINGS}/{SETTINGS} done, 0 running, 0 waiting".encode() in text, "which tells the end")
    _, err, _ = run(2, *SWEEP, "--output", room / "terminal", "--overwrite")
    check("\x1b" not in err, "a pipe gets lines as they are")


def refusals(room, directory):
    before = {path: path.stat().st_mtime_ns for path in directory.rglob("*")}
    _, err, _ = run(2, *SWEEP, "--output", directory, status=1)
    check("holds the result of a sweep" in err, "a sweep is not overwritten")
    changed = [*SWEEP, "--output", directory, "--resume"]
    changed[changed.index("--gradient-tolerance") + 1] = "1e-9"
    _, err, _ = run(2, *changed, status=1)
    check('gradient-tolerance is "0" there and "1e-09" here' in err, "a result of other settings is not kept for these")
    _, err, _ = run(2, *SWEEP, "--output", room / "none", "--only", SETTINGS, status=2)
    check(f"from 0 to {SETTINGS - 1}" in err, "a setting that there is not")
    check({path: path.stat().st_mtime_ns for path in directory.rglob("*")} == before, "nothing has changed")


def overwritten(room, expected):
    """What --overwrite replaces must not come back by a --resume, if it is killed before it got there."""
    directory = room / "overwritten"
    other = [*SWEEP, "--output", directory]
    other[other.index("--lambda") + 1] = "1e-3"
    run(2, *other, "--quiet")
    job = start(2, *SWEEP, "--output", directory, "--overwrite")
    until(lambda: job.ended() or not (directory / "report.html").exists())
    kill_all(job)
    check(not (directory / "sweep.json").exists(), "killed before the table of a replaced sweep is there")
    run(2, *SWEEP, "--output", directory, "--resume", "--quiet")
    same(directory, expected, "overwritten, killed and resumed: same table, same models")


def damaged(room):
    """A result that does not fit its model is found, and is mended as the message says."""
    directory = room / "single"
    row = table(directory)[3]
    model = directory / row["name"] / "model.safetensors"
    bytes_before = model.read_bytes()
    model.write_bytes(bytes_before[:-1] + bytes([bytes_before[-1] ^ 1]))
    for option in ("--resume", "--collect"):
        _, err, _ = run(2, *SWEEP, "--output", directory, option, status=1)
        check(f"{row['name']}/model.safetensors: is not the model that" in err, f"{option}: a model that is another")
    shutil.rmtree(model.parent)
    run(1, *SWEEP, "--output", directory, "--resume", "--quiet")
    check(model.read_bytes() == bytes_before, "and trained again, it is what it was")
    _, err, _ = run(1, *SWEEP, "--output", room / "nowhere", "--collect", status=1)
    check("nothing to collect" in err and not (room / "nowhere").exists(), "--collect of a sweep that there is not")


def one_group_fails(room):
    directory = room / "failing"
    (directory / "hidden-40-images-60-plain" / "log.jsonl").mkdir(parents=True)
    _, err, seconds = run(3, *SWEEP, "--output", directory, "--quiet", status=failed_alone(MPIRUN))
    said = own_words(err)
    check(len(said) == 1 and "hidden-40-images-60-plain/log.jsonl" in said[0], f"one message: {said}")
    check(seconds < 30, f"a group that fails ends all ({seconds:.1f} s)")


def retries(room):
    """A sparsity term so strong that the line search fails from every start."""
    hopeless = ["--hidden", 5, "--train-count", 20, "--test-count", 5, "--beta", 1e12, "--rho", 0.001,
                "--max-iterations", 400, "--seed", 7]
    directory = room / "retries"
    out, err, _ = run(2, "sweep", *hopeless, "--output", directory)
    row = table(directory)[0]
    check((row["status"], row["retries"], row["seed"]) == ("line_search_failed", 2, 9), "two more starts")
    check("once more with --seed 9" in err and "retries 2" in err, "which is told")
    run(1, "train", *hopeless, "--quiet", "--output", room / "first")
    run(1, "train", *hopeless[:-1], 9, "--quiet", "--output", room / "third")
    check((room / "third" / "model.safetensors").read_bytes() == row["model"], "the model is that of the third start")
    check((room / "first" / "model.safetensors").read_bytes() != row["model"], "and not that of the first")
    check("failed-starts.json" not in err and json.loads((directory / row["name"] / "failed-starts.json").read_text())
          == {"first_seed": 7, "failed_starts": 2}, "the failed starts are written down")
    # More retries than there were: the next start, not all of them again.
    _, err, _ = run(1, "sweep", *hopeless, "--output", directory, "--resume", "--retries", 3)
    check("once more with --seed 10" in err and "--seed 8" not in err and table(directory)[0]["seed"] == 10,
          "--resume with more retries has the next start")


def killed_in_a_retry(room):
    """Killed wherever it is, between starts and in them: the same in the end. Of many starts, so that the blow does
    not come too late."""
    hopeless = ["--hidden", 5, "--train-count", 20, "--test-count", 5, "--beta", 1e12, "--rho", 0.001,
                "--max-iterations", 400, "--seed", 7, "--checkpoint-every", 1, "--retries", 8]
    run(1, "sweep", *hopeless, "--output", room / "whole-retries", "--quiet")
    expected = table(room / "whole-retries")
    directory = room / "killed-retries"
    starts = directory / expected[0]["name"] / "failed-starts.json"

    def failed():
        with contextlib.suppress(OSError, ValueError):
            return json.loads(starts.read_text())["failed_starts"]
        return 0

    for number in (1, 2):
        job = start(1, "sweep", *hopeless, "--output", directory, "--resume")
        until(lambda: job.ended() or failed() >= number, pause=0.0002)
        kill_all(job)
        check(failed() >= number and not (directory / "sweep.json").exists(), f"killed after {failed()} of 9 starts")
    _, err, _ = run(2, "sweep", *hopeless, "--output", directory, "--resume")
    check("--seed 8" not in err, "the first start is not tried again")
    same(directory, expected, "killed between starts and resumed: the same in the end")


def main():
    with tempfile.TemporaryDirectory(prefix="sae-sweep-") as name:
        room = pathlib.Path(name)
        run(1, *SWEEP, "--output", room / "one")
        expected = table(room / "one")
        complete(room / "one")
        groupings(room, expected)
        killed(room, expected)
        stopped(room, expected)
        one_by_one(room, expected)
        on_a_terminal(room)
        refusals(room, room / "one")
        one_group_fails(room)
        retries(room)
        killed_in_a_retry(room)
        overwritten(room, expected)
        damaged(room)


if __name__ == "__main__":
    main()
