#!/usr/bin/env python3
"""page_jobs.py WRITE_DIGITS PROGRAM: the lines of README.md and slurm/README.md with `sbatch`, submitted in the order of the
pages from one shell, with fewer tasks, iterations and images, leave the results that they name."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "pages"))

import small_mnist
from cluster import Lab, check, command, room, wait_until
from pages import ROOT, commands
from rules import BY_SLURM, rule

WRITE_DIGITS, PROGRAM = sys.argv[1:]
TRAIN, TEST = 1000, 20  # images
# What is smaller here. The array gets a directory of its own: on the page it is another way to the same one.
SMALLER = ((r"--nodes=4", "--nodes=2"), (r"--ntasks-per-node=\d+", "--ntasks-per-node=1"), (r"--ntasks=\d+", "--ntasks=1"),
           (r"--array=\S+", "--array=0-1%8"), (r"--train-count \d+", "--train-count 600"),
           (r"(train\.sbatch .*)", r"\1 --max-iterations 2"), (r"(sweep(?:-array)?\.sbatch .*?)(\)?)$", r"\1 --max-iterations 1\2"),
           (r"(scaling\.sbatch .*)", r"\1 --repeat 1 --history 1"),
           (r"((?:sweep-array\.sbatch|--collect) .*--output )(\w+)", r"\1array-\2"))
# The jobs' numbers, one a line; `sbatch --parsable` prints them too.
SHELL = """sbatch() { number=$(command sbatch --parsable "$@") && echo "$number" >>numbers && echo "$number"; }
set -e
"""
UNDER_WAY = re.compile(r"JobState=(?:PENDING|CONFIGURING|RUNNING|COMPLETING|REQUEUED|SIGNALING)")


def smaller(text):
    for pattern, replacement in SMALLER:
        text = re.sub(pattern, replacement, text)
    return text


def submit(lines):
    """The numbers of the jobs that the lines submit."""
    done = subprocess.run(["bash", "-c", SHELL + "\n".join(lines)], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "HOME": os.getcwd(), "SAE_MPI": PROGRAM})
    check(done.returncode == 0, "all lines are submitted", done.stdout + done.stderr)
    return pathlib.Path("numbers").read_text().split()


def records(number):
    """Of a job, or of all tasks of an array."""
    return command("scontrol", "show", "job", "-o", number).splitlines()


def completed(line, number):
    wait_until(lambda: not any(map(UNDER_WAY.search, records(number))), f"the end of {line}")
    failed = [record for record in records(number) if "JobState=COMPLETED" not in record]
    outputs = [path.read_text() for path in pathlib.Path().glob(f"*{number}*.out")]
    check(not failed, f"done: {line}", "\n".join(failed + outputs))


def main():
    found = [each for each in commands() if rule(each) is BY_SLURM]
    check(len(found) >= 7, f"{len(found)} lines with sbatch")
    lines = [smaller(each.text) for each in found]
    with room() as place, Lab(place, 4):
        os.chdir(place)
        (place / "slurm").symlink_to(ROOT / "slurm")
        small_mnist.write(place / "mnist", WRITE_DIGITS, TRAIN, TEST)
        for line, number in zip(lines, submit(lines)):
            completed(line, number)
        directories = re.findall(r"train\.sbatch .*--output (\S+)", "\n".join(lines))
        results = [f"{directory}/model.safetensors" for directory in directories]
        results += ["study/sweep.json", "array-study/sweep.json", "sae-scaling/table.md", "sae-scaling/scaling.svg"]
        missing = [name for name in results if not (place / name).is_file()]
        check(len(directories) == 3 and not missing, f"{len(results)} results; missing: {missing}")


main()
