#!/usr/bin/env python3
"""resume.py PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): --resume after all that may have become
of a run directory meanwhile ends with the model and the log of a training that nobody disturbed."""
import pathlib
import re
import shutil
import sys
import tempfile

from processes import Job, check, log_rows, newest_checkpoint

PROGRAM, *MPIRUN = sys.argv[1:]
TRAIN = ["train", "--hidden", 10, "--train-count", 150, "--test-count", 5, "--seed", 3, "--gradient-tolerance", 0,
         "--threads", 1, "--checkpoint-every", 4, "--quiet"]
HALF, WHOLE = 22, 40


def run(directory, ranks, iterations, *more):
    status, _, err = Job(MPIRUN, ranks, PROGRAM, [*TRAIN, "--max-iterations", iterations, "--output", directory,
                                                  *more]).finish()
    check(status == 0, f"{directory.name}: {iterations} iterations on {ranks} ranks", err)
    return [line for line in err.splitlines() if line.startswith("warning: ")]


def result(directory):
    return log_rows(directory), (directory / "model.safetensors").read_bytes()


def newest(directory, nth=0):
    return sorted(directory.glob("checkpoint-*"), reverse=True)[nth]


def flip(path, position):
    contents = bytearray(path.read_bytes())
    contents[position] ^= 1
    path.write_bytes(contents)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-9])


def drop_lines(path):
    path.write_text("".join(line for number, line in enumerate(path.read_text().splitlines(True)) if number % 5))


# What becomes of the directory of a training of HALF iterations; the warnings to be given; whether its log is whole.
MISHAPS = {
    "nothing": (lambda d: None, [], True),
    "the newest checkpoint flipped": (lambda d: flip(newest(d), -5000), ["checkpoint-000022.* is damaged"], True),
    "its header flipped": (lambda d: flip(newest(d), 20), ["checkpoint-000022"], True),
    "its checksum flipped": (lambda d: flip(newest(d), -1), ["checkpoint-000022.* is damaged"], True),
    "the newest checkpoint truncated": (lambda d: truncate(newest(d)), ["cannot read .*checkpoint-000022"], True),
    "the newest checkpoint empty": (lambda d: newest(d).write_bytes(b""), ["cannot read .*checkpoint-000022"], True),
    "the newest checkpoint gone": (lambda d: newest(d).unlink(), [], True),
    "the older checkpoint truncated": (lambda d: truncate(newest(d, 1)), [], True),
    "a save torn": (lambda d: (d / ".checkpoint-000024.safetensors.tmp.7").write_bytes(b"x" * 999), [], True),
    "model gone": (lambda d: (d / "model.safetensors").unlink(), [], True),
    "log torn": (lambda d: (d / "log.jsonl").open("a").write('{"iteration":23,"cost'), [], True),
    "log doubled": (lambda d: (d / "log.jsonl").write_text(2 * (d / "log.jsonl").read_text()), [], True),
    "log with a remark": (lambda d: (d / "log.jsonl").open("a").write("mine\n"), ["had a line 24"], True),
    "log gone": (lambda d: (d / "log.jsonl").unlink(), ["is gone"], False),
    "log with gaps": (lambda d: drop_lines(d / "log.jsonl"), ["has no line for iterations 0, 5, 10, 15, 20"], False),
    "settings rewritten": (lambda d: (d / "config.ini").write_text("hidden = 3\n"), [], True),
}


def main():
    with tempfile.TemporaryDirectory(prefix="sae-resume-") as name:
        room = pathlib.Path(name)
        run(room / "whole", 1, WHOLE)
        expected = result(room / "whole")
        run(room / "half", 2, HALF)
        half = result(room / "half")
        check(half[1] != expected[1] and newest_checkpoint(room / "half") == HALF, "half of it is not the whole")
        check(run(room / "half", 3, HALF, "--resume") == [] and result(room / "half") == half,
              "a finished run resumed: the same model and log")
        for number, (mishap, (spoil, warnings, log_whole)) in enumerate(MISHAPS.items()):
            directory = room / mishap.replace(" ", "-")
            shutil.copytree(room / "half", directory)
            spoil(directory)
            said = run(directory, 1 + number % 4, WHOLE, "--resume")
            log, model = result(directory)
            check(len(said) == len(warnings) and all(map(re.search, warnings, said)), f"{mishap}: warnings: {said}", warnings)
            check(model == expected[1], f"{mishap}: gone on with more iterations: the same model")
            rest = [row for row in expected[0] if row["iteration"] > HALF]
            check(log == expected[0] if log_whole else log[-len(rest):] == rest, "and the same log", log)
            check(not list(directory.glob(".*")), "nothing is left behind")


if __name__ == "__main__":
    main()
