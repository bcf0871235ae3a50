#!/usr/bin/env python3
"""environment.py PROGRAM: the program where its surroundings are not what they usually are: a standard output that takes
nothing, file names that are not UTF-8, files that vanish, signals that its parent ignores, a small terminal. One process
each; what the ranks of a job share is in other tests."""
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios

from bad_input_files import idx
from processes import check, log_rows, newest_checkpoint, until

PROGRAM = sys.argv[1]
SMALL = ["--train-count", 20, "--hidden", 3, "--threads", 1]
TRAIN = ["train", *SMALL, "--test-count", 5, "--max-iterations", 3]

ENDLESS = ["train", "--train-count", 200, "--hidden", 10, "--threads", 1, "--test-count", 5, "--max-iterations", 1000000,
           "--gradient-tolerance", 0, "--checkpoint-every", 1000000]


def run(*arguments, **more):
    """The finished process, its two outputs as bytes unless `more` sends them elsewhere."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run([PROGRAM, *(a if isinstance(a, bytes) else str(a) for a in arguments)], timeout=120,
                          check=False, **streams)


def good(what, *arguments, **more):
    done = run(*arguments, **more)
    check(done.returncode == 0, what, (done.stderr or b"").decode(errors="replace"))
    return done


def output_is_lost(room):
    """Every command, on a device that is full."""
    model = room / "run" / "model.safetensors"
    good("a model", *TRAIN, "--quiet", "--output", room / "run")
    commands = [
        ["--help"], ["--version"], ["train", "--help"],
        ["info", "--file", model], ["info", "--file", model, "--json"],
        ["evaluate", "--model", model, "--threads", 1], ["check-gradient", "--threads", 1],
        ["bench", *SMALL, "--repeat", 1, "--history", 1, "--quiet"],
        ["bench", *SMALL, "--repeat", 1, "--history", 1, "--quiet", "--json"],
        ["sweep", "--study", "--list"],
        ["sweep", "--hidden", 3, "--train-count", 20, "--test-count", 5, "--max-iterations", 3, "--threads", 1,
         "--output", room / "sweep", "--quiet"],
        [*TRAIN, "--quiet", "--output", room / "lost"], ["show", "--output", room / "pictures"],
        ["encode", "--model", model, "--train-count", 5, "--threads", 1, "--output", room / "a.npy"],
        ["reconstruct", "--model", model, "--train-count", 5, "--threads", 1, "--output", room / "b.npy"],
    ]
    said = b"sae-mpi: cannot write to the standard output: No space left on device; "
    for command in commands:
        with open("/dev/full", "wb") as full:
            done = run(*command, stdout=full)
        check(done.returncode == 1 and done.stderr.count(b"\n") == 1 and done.stderr.startswith(said),
              f"{' '.join(command[:1])} {command[-1]}: its output is lost: status 1 and one message",
              f"{done.returncode}\n{done.stderr}")


def output_is_closed(room):
    """No file that is written later may take the place of a stream that is closed."""
    done = run(*TRAIN, "--output", room / "closed", stdout=None, stderr=None,
               preexec_fn=lambda: [os.close(descriptor) for descriptor in range(3)])
    check(done.returncode == 1, "train with its streams closed: status 1", done.returncode)
    good("as with its streams open", *TRAIN, "--output", room / "open")
    model, log = "model.safetensors", "log.jsonl"
    check((room / "closed" / model).read_bytes() == (room / "open" / model).read_bytes(), "the same model")
    check((room / "closed" / log).read_text().count("\n") == (room / "open" / log).read_text().count("\n"),
          "and nothing but its lines in the log")


def names_that_are_not_utf8(room):
    """In reports and JSON they are readable; files are found by the names as they are."""
    place = os.fsencode(room) + b"/caf\xe9"
    os.mkdir(place)
    data, shown = place + b"/\xff.idx", "caf\ufffd/\ufffd.idx: 30 images of 4 x 4"
    with open(data, "wb") as file:
        file.write(idx(30, 4, 4))
    of_data = ["--train", data, "--train-count", 20, "--hidden", 3, "--threads", 1]
    done = good("bench", "bench", *of_data, "--repeat", 1, "--history", 1, "--quiet")
    said = done.stdout.decode()
    check(f"data: IDX file {room}/{shown}" in said and "\nmedians of 1 evaluation and 1 step (" in said,
          "its table is readable", said)
    done = good("bench --json", "bench", *of_data, "--repeat", 1, "--history", 1, "--quiet", "--json")
    check(shown in json.loads(done.stdout.decode())["setting"]["data"], "its data are readable", done.stdout)
    good("train", "train", *of_data, "--max-iterations", 3, "--quiet", "--output", place + b"/run\xe9")
    with open(place + b"/run\xe9/report.html", encoding="utf-8") as file:
        page = file.read()
    check(shown in page and "<title>run\ufffd" in page, "its report is UTF-8", page[:300])
    good("its config.ini repeats it", "train", "--config", place + b"/run\xe9/config.ini", "--overwrite")
    settings = ["sweep", *of_data, "--max-iterations", 3, "--quiet", "--output", place + b"/\xe9"]
    good("sweep", *settings)
    with open(place + b"/\xe9/sweep.json", encoding="utf-8") as file:
        check(shown in json.load(file)["train_data"], "its table is JSON")
    good("and continues", *settings, "--resume")


def the_outcome(room):
    """Of a training in two starts, and of one more that finds nothing left to do: the time is that of all of them."""
    said, logged = {}, {}
    for start, iterations in (("first", 40), ("second", 60), ("third", 60)):
        done = good(f"the {start} start", *TRAIN[:-1], iterations, "--gradient-tolerance", 0, "--output", room / "run",
                    "--resume", "--quiet")
        said[start] = done.stdout.decode()
        logged[start] = sum(json.loads(row)["seconds"] for row in (room / "run" / "log.jsonl").read_text().splitlines())
        seconds = float(re.search(r"^time in all (\S+) s, checkpoints of this start \S+ s$", said[start], re.M).group(1))
        check(abs(seconds - logged[start]) <= 0.06 * logged[start], f"prints {seconds} s in all", logged[start])
        shown = re.search("<dt>Time</dt><dd>(.*?) s</dd>", (room / "run" / "report.html").read_text()).group(1)
        check(abs(float(shown) - logged[start]) <= 0.001 * logged[start], f"{shown} s in its report", logged[start])
    check(logged["second"] > logged["first"] and logged["third"] == logged["second"], "of all starts", logged)
    errors = re.findall(r"^reconstruction error: training images (\S+), test images (\S+)$", said["third"], re.M)
    check(len(errors) == 1 and all(float(error) > 0 for error in errors[0]), "the errors are printed", said["third"])
    for word in ("evaluations", "cost"):
        check(len(re.findall(rf"\b{word}:? \d|\d {word}", said["third"])) == 1, f"{word} once", said["third"])


@contextlib.contextmanager
def endless(directory, **more):
    """A training that is under way and does not end by itself."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **more}
    process = subprocess.Popen([PROGRAM, *map(str, ENDLESS), "--output", str(directory)], **streams)
    log = directory / "log.jsonl"
    try:
        check(until(lambda: log.exists() and log.read_bytes().count(b"\n") > 3), "a training is under way")
        yield process
    finally:
        process.kill()
        process.wait()


def ended(process):
    """(status, what it said) of a process that is about to end."""
    _, said = process.communicate(timeout=120)
    return process.returncode, (said or b"").decode()


def files_vanish(room):
    directory = room / "run"
    files = [directory / "log.jsonl", directory / "config.ini"]
    with endless(directory) as process:
        for gone in ([files[0]], [files[1]], files):
            for file in gone:
                file.unlink()
            check(until(lambda: all(file.exists() for file in files)), f"{len(gone)} removed: written again")
        process.send_signal(signal.SIGHUP)
        status, said = ended(process)
    check(status == 75 and "log.jsonl was removed; it is written again" in said, "SIGHUP: saved, status 75", said)
    iterations = [row["iteration"] for row in log_rows(directory)]
    check(iterations == list(range(newest_checkpoint(directory) + 1)), "the log is whole", iterations)


def the_directory_vanishes(room):
    with endless(room / "run") as process:
        (room / "run").rename(room / "elsewhere")
        status, said = ended(process)
    check(status == 1 and said.count("sae-mpi: ") == 1 and "run: the directory is gone" in said,
          "the directory is removed: an early end, status 1 and one message", f"{status}: {said}")
    check(not (room / "run").exists(), "and nothing is made in its place")


def links_are_not_followed(room):
    other, directory = room / "other", room / "run"
    other.write_text("somebody else's\n")
    directory.mkdir()
    names = ["log.jsonl", "config.ini", "report.html", "weights.png"]
    for name in names:
        (directory / name).symlink_to(other)
    (directory / "test-input.png").symlink_to(room / "nothing")
    good("train into a directory with links", *TRAIN, "--quiet", "--output", directory)
    check(other.read_text() == "somebody else's\n" and not (room / "nothing").exists(), "what they name is untouched")
    check(not any((directory / name).is_symlink() for name in [*names, "test-input.png"]), "files took their places")


def signals_that_the_parent_ignores(room):
    """As under nohup, and in the background of a script."""
    def ignore():
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    with endless(room / "run", preexec_fn=ignore) as process:
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGINT):
            process.send_signal(number)
        before = len(log_rows(room / "run"))
        check(until(lambda: process.poll() is not None or len(log_rows(room / "run")) > before + 3)
              and process.poll() is None, "SIGINT and SIGHUP are ignored as the parent has it", process.poll())
        process.send_signal(signal.SIGUSR2)
        status, said = ended(process)
    check(status == 75, "SIGUSR2 is not", said)


def a_terminal(room):
    """Narrow, made narrower, and one without escape sequences."""
    for kind, directory in (("xterm", room / "xterm"), ("dumb", room / "dumb")):
        terminal, end = pty.openpty()

        def width(columns, end=end):
            fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))

        width(80)
        with endless(directory, stderr=end, env={**os.environ, "TERM": kind}) as process:
            text = read_until(terminal, lambda text: text.count(b" left") > 2)
            width(50)
            later = read_until(terminal, lambda text: text.count(b" left") > 5) if kind == "xterm" else b""
            process.send_signal(signal.SIGUSR2)
            process.wait(timeout=120)
        os.close(end)
        os.close(terminal)
        if kind == "dumb":
            check(b"\x1b" not in text, "TERM=dumb: no escape sequences", text)
            continue
        lines = live_lines(text)
        check(lines and max(map(len, lines)) < 80 and lines[-1].endswith(b" left"), "80 columns: the time left", text)
        check(max(map(len, live_lines(later)[2:])) < 50, "50 columns: no line that would wrap", later)


def read_until(terminal, enough):
    text = b""
    while not enough(text):
        check(select.select([terminal], [], [], 60)[0], "the terminal gets something", text)
        text += os.read(terminal, 1 << 16)
    return text


def live_lines(text):
    """Those that were written to their ends."""
    return [line.rsplit(b"\r", 1)[-1] for line in text.split(b"\x1b[K")[:-1]]


def main():
    for case in (output_is_lost, output_is_closed, names_that_are_not_utf8, the_outcome, files_vanish,
                 the_directory_vanishes, links_are_not_followed, signals_that_the_parent_ignores, a_terminal):
        with tempfile.TemporaryDirectory(prefix="sae-environment-") as name:
            case(pathlib.Path(name))


if __name__ == "__main__":
    main()
