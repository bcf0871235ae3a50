#!/usr/bin/python3
"""One model, one hash: the same bits on any number of ranks and threads and by any all-reduce.

Trains each setting (sparse and plain, double and single precision) on the built-in digits, at a number of
images that no number of ranks divides, once for each layout, and compares with the first: the SHA-256 that
`train` prints, the bytes of model.safetensors, and all numbers of log.jsonl but `seconds`. A layout is a
number of ranks, a number of threads and, for the first setting under Open MPI, an algorithm that is forced on its
all-reduces, blocking (coll/tuned) and non-blocking (coll/libnbc). On one host gradient and theta go through shared memory; that
messages give the same bits is for the test node_team. Exit status 1 if anything differs.
"""
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import launcher
import table

IMAGES = 1037
NETWORKS = {
    "sparse": ["--beta", 3, "--rho", 0.1, "--lambda", 3e-3],
    "plain": ["--beta", 0, "--lambda", 1e-4],
}
PRECISIONS = ("double", "single")
RANKS = (1, 2, 3, 4, 7)
THREADS = (1, 2, 3)
FEW = ((1, 1), (2, 1), (3, 1), (7, 1), (1, 3), (3, 2))
BLOCKING_ALGORITHMS = range(1, 7)
NON_BLOCKING_ALGORITHMS = range(1, 5)


@dataclass(frozen=True)
class Layout:
    ranks: int
    threads: int
    options: tuple = ()
    algorithm: str = ""

    def __str__(self):
        return f"{self.ranks} x {self.threads} {self.algorithm}".rstrip()


@dataclass(frozen=True)
class Result:
    """What must be the same."""

    parameters: str
    file: str
    log: tuple

    def difference(self, other):
        """The first that differs, in words; empty if none does."""
        if len(self.log) != len(other.log):
            return f"{len(self.log)} and {len(other.log)} iterations in the log"
        for mine, theirs in zip(self.log, other.log):
            for key in {**mine, **theirs}:
                if mine.get(key) != theirs.get(key):
                    return f"iteration {mine['iteration']}: {key} {mine.get(key)} and {theirs.get(key)}"
        if self.parameters != other.parameters:
            return f"printed SHA-256 {self.parameters} and {other.parameters}"
        return "" if self.file == other.file else f"model.safetensors {self.file} and {other.file}"


def forced(ranks):
    """Layouts in which Open MPI may not choose the algorithm of its all-reduces."""
    for number in BLOCKING_ALGORITHMS:
        yield Layout(ranks, 1, ("--mca", "coll_tuned_priority", "100", "--mca", "coll_tuned_use_dynamic_rules", "1",
                                "--mca", "coll_tuned_allreduce_algorithm", str(number)), f"allreduce {number}")
    for number in NON_BLOCKING_ALGORITHMS:
        yield Layout(ranks, 1, ("--mca", "coll_libnbc_iallreduce_algorithm", str(number)), f"iallreduce {number}")


def layouts(full, algorithms):
    """The first is what the others are compared with."""
    if full:
        result = [Layout(ranks, threads) for ranks in RANKS for threads in THREADS]
    else:
        result = [Layout(*pair) for pair in FEW]
    if algorithms:
        for ranks in (RANKS[1:] if full else (4,)):
            result += forced(ranks)
    return result


def train(launch, options, layout):
    with tempfile.TemporaryDirectory() as directory:
        run = launch.train(options, Path(directory, "run"), layout.ranks, layout.threads, layout.options)
        log = [{key: value for key, value in row.items() if key != "seconds"} for row in run.log]
        return Result(run.parameters_hash, run.file_hash, tuple(log))


def check(launch, name, options, tested):
    """Trains in all layouts; returns (a row of the table, the failures)."""
    failures, start = [], time.monotonic()
    first = train(launch, options, tested[0])
    for layout in tested[1:]:
        difference = train(launch, options, layout).difference(first)
        if difference:
            failures.append(f"{name}: {layout} is not {tested[0]}: {difference}")
    verdict = f"{len(failures)} DIFFER" if failures else "one hash"
    seconds = time.monotonic() - start
    print(f"{name}: {verdict}, {seconds:.0f} s", file=sys.stderr, flush=True)
    return [name, len(tested), len(first.log) - 1, first.parameters[:16], verdict], failures


def built_in_settings(iterations):
    for network, options in NETWORKS.items():
        for precision in PRECISIONS:
            yield f"{network} {precision}", [
                *options, "--precision", precision, "--train-count", IMAGES, "--test-count", 10, "--hidden", 30,
                "--max-iterations", iterations, "--gradient-tolerance", 0, "--seed", 1]


def parse():
    parser = launcher.make_parser(__doc__)
    parser.add_argument("--iterations", type=int, default=30, metavar="N", help="default: %(default)s")
    parser.add_argument("--full", action="store_true", help="all ranks with all threads and all algorithms")
    parser.set_defaults(timeout=300)
    return parser.parse_args()


def main():
    arguments = parse()
    launch = launcher.Launcher(arguments)
    if not launch.open_mpi:
        print("not Open MPI: no all-reduce algorithms are forced", file=sys.stderr)
    rows, failures, used = [], [], {}
    for number, (name, options) in enumerate(built_in_settings(arguments.iterations)):
        # What is summed is the same kind of integer in all settings.
        tested = layouts(arguments.full, launch.open_mpi and (number == 0 or arguments.full))
        row, failed = check(launch, name, options, tested)
        used.update(dict.fromkeys(tested))
        rows.append(row)
        failures += failed
    print(table.render(["setting", "layouts", "iterations", "SHA-256", ""], rows))
    for failure in failures:
        print(failure)
    print("layouts (ranks x threads): " + ", ".join(map(str, used)))
    table.save(arguments.json, {"settings": rows, "layouts": list(map(str, used)), "failures": failures})
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
