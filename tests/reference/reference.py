#!/usr/bin/env python3
"""reference.py WRITE_DIGITS REFERENCE PROGRAM: the program computes what docs/arithmetic.md specifies. Trains each
setting with the program and with the second implementation, on the same IDX file of built-in digits, and compares the
SHA-256 of the parameters and, for each iteration, the evaluations, the cost, the gradient norm and the step. Exit
status 1 if anything differs, with the first iteration that does."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass

WRITE_DIGITS, REFERENCE, PROGRAM = sys.argv[1:]


@dataclass(frozen=True)
class Setting:
    columns: int
    hidden: int
    iterations: int
    beta: float = 0
    weight_decay: float = 1e-3
    rho: float = 0.1
    seed: int = 1
    history: int = 10
    gradient_tolerance: float = 0
    cost_tolerance: float = 0

    def __str__(self):
        kind = "sparse" if self.beta else "plain"
        return f"{kind}, {self.columns} columns, hidden {self.hidden}, {self.iterations} iterations{self.tolerances}"

    @property
    def tolerances(self):
        return "".join(f", {name} tolerance {tolerance}" for name, tolerance in
                       (("gradient", self.gradient_tolerance), ("cost", self.cost_tolerance)) if tolerance)


# The trainings of `sae-mpi verify`, which the test `verify` compares with the published results; odd sizes; one column;
# a group, and a group and one column more; two tiles of which the last is ragged; one unit without weight decay; a
# weight decay and a sparsity term that make long line searches; the two tolerances that end a run early.
SETTINGS = (
    Setting(437, 29, 30, history=7, seed=0),
    Setting(437, 29, 30, beta=3, weight_decay=3e-3, history=7, seed=0),
    Setting(1237, 43, 12),
    Setting(1237, 43, 12, beta=3),
    Setting(1, 3, 20),
    Setting(8, 5, 30, beta=3, history=3),
    Setting(9, 17, 30, beta=0.5, rho=0.01),
    Setting(301, 2, 60, beta=0.1, history=2),
    Setting(61, 1, 40, weight_decay=0),
    Setting(45, 6, 30, beta=1e5, weight_decay=10),
    Setting(45, 6, 200, gradient_tolerance=1e-2),
    Setting(45, 6, 200, beta=3, cost_tolerance=1e-3),
)


def output(*words):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        sys.exit(f"{words}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def by_program(images, setting, precision, room):
    """(rows, hash): evaluations, cost, gradient norm and step of each iteration."""
    run = room / "run"
    out = output(PROGRAM, "train", "--train", images, "--precision", precision, "--hidden", setting.hidden, "--lambda",
                 setting.weight_decay, "--rho", setting.rho, "--beta", setting.beta, "--seed", setting.seed,
                 "--max-iterations", setting.iterations, "--history", setting.history, "--gradient-tolerance",
                 setting.gradient_tolerance, "--cost-tolerance", setting.cost_tolerance, "--output", run, "--overwrite",
                 "--quiet")
    rows = map(json.loads, (run / "log.jsonl").read_text().splitlines())
    return ([(row["evaluations"], row["cost"], row["gradient_norm"], row["step"]) for row in rows],
            re.search(r"parameters: ([0-9a-f]{64})", out).group(1))


def by_reference(images, setting, precision):
    *lines, parameters = output(REFERENCE, images, precision, setting.hidden, setting.weight_decay, setting.rho,
                                setting.beta, setting.seed, setting.iterations, setting.history,
                                setting.gradient_tolerance, setting.cost_tolerance).splitlines()
    rows = [line.split() for line in lines]
    return [(int(row[1]), *map(float.fromhex, row[2:])) for row in rows], parameters


def difference(mine, theirs):
    """In words; empty if there is none."""
    for iteration, (a, b) in enumerate(zip(mine[0], theirs[0])):
        for name, x, y in zip(("evaluations", "cost", "gradient norm", "step"), a, b):
            if x != y:
                return f"iteration {iteration}: {name} {x!r}, by the second implementation {y!r}"
    if len(mine[0]) != len(theirs[0]):
        return f"{len(mine[0])} iterations, by the second implementation {len(theirs[0])}"
    return "" if mine[1] == theirs[1] else f"SHA-256 {mine[1]}, by the second implementation {theirs[1]}"


def main():
    different = 0
    with tempfile.TemporaryDirectory() as directory:
        room = pathlib.Path(directory)
        for setting in SETTINGS:
            images = room / "images.idx"
            output(WRITE_DIGITS, images, setting.columns)
            for precision in ("double", "single"):
                mine = by_program(images, setting, precision, room)
                found = difference(mine, by_reference(images, setting, precision))
                if setting.tolerances and len(mine[0]) > setting.iterations:
                    found = found or "no tolerance has ended it"
                print(f"{precision}, {setting}: {found or 'the same'}", flush=True)
                different += bool(found)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
