#!/usr/bin/env python3
"""environment.py PROGRAM: the program where its surroundings are not what they usually are: a standard output that takes
nothing, file names that are not UTF-8, files that vanish, signals that its parent ignores, a small terminal. One process
each; what the ranks of a job share is in other tests."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from bad_input_files import idx
from processes import check

PROGRAM = sys.argv[1]
SMALL = ["--train-count", 20, "--hidden", 3, "--threads", 1]
TRAIN = ["train", *SMALL, "--test-count", 5, "--max-iterations", 3]


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
    good("and goes on", *settings, "--resume")


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
        told = re.search("<dt>Time</dt><dd>(.*?) s</dd>", (room / "run" / "report.html").read_text()).group(1)
        check(abs(float(told) - logged[start]) <= 0.001 * logged[start], f"{told} s in its report", logged[start])
    check(logged["second"] > logged["first"] and logged["third"] == logged["second"], "of all starts", logged)
    errors = re.findall(r"^reconstruction error: training images (\S+), test images (\S+)$", said["third"], re.M)
    check(len(errors) == 1 and all(float(error) > 0 for error in errors[0]), "the errors are printed", said["third"])
    for word in ("evaluations", "cost"):
        check(len(re.findall(rf"\b{word}:? \d|\d {word}", said["third"])) == 1, f"{word} once", said["third"])


def main():
    for case in (output_is_lost, output_is_closed, names_that_are_not_utf8, the_outcome):
        with tempfile.TemporaryDirectory(prefix="sae-environment-") as name:
            case(pathlib.Path(name))


if __name__ == "__main__":
    main()
