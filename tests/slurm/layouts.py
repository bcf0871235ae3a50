#!/usr/bin/env python3
"""layouts.py PROGRAM [--full] [--seed S]: on hosts that are network namespaces of this machine, the same model and the
same log on any nodes x ranks x threads, with many times more cores than tiles; and a training that is killed again and
again, and continues on another layout each time, ends with them too."""
import argparse
import dataclasses
import os
import random
import subprocess
import time

from cluster import built_with_mpich, check, hosts, log_rows, need, room, skip, until
from namespaces import kill_all, start_on
from processes import newest_checkpoint

NODES = 4
TRAIN = ["--hidden", 30, "--test-count", 5, "--gradient-tolerance", 0, "--seed", 5, "--quiet"]
# One tile, and four; sparse and plain.
SETTINGS = {"48 images, sparse": ["--train-count", 48, "--beta", 3],
            "1037 images, plain": ["--train-count", 1037, "--beta", 0]}
PATIENCE = 200  # seconds


@dataclasses.dataclass(frozen=True)
class Layout:
    nodes: int
    ranks: int  # of a node
    threads: int  # of a rank

    def __str__(self):
        return f"{self.nodes} x {self.ranks} x {self.threads}"


SOME = [Layout(4, 4, 3), Layout(3, 5, 1), Layout(2, 1, 8)]
MORE = [Layout(nodes, ranks, threads) for nodes in (1, 2, 3, 4) for ranks, threads in
        ((1, 1), (2, 1), (1, 5), (3, 2), (7, 1), (12, 3))]


class Runs:
    """Trainings in a directory."""

    def __init__(self, program, place):
        self.program, self.place = program, place

    def start(self, name, layout, *options):
        on = ",".join(f"h{k + 1}:{layout.ranks}" for k in range(layout.nodes))
        line = ["mpirun", "--bind-to", "none", "--host", on, "-n", layout.nodes * layout.ranks, self.program, "train",
                *TRAIN, *options, "--threads", layout.threads, "--output", self.place / name]
        return start_on("h1", " ".join(map(str, line)))

    def whole(self, name, layout, *options):
        """What must be the same: rows of the log and bytes of the model."""
        process = self.start(name, layout, *options)
        try:
            text, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            kill_all("h1")
            text = f"no end within {PATIENCE} s: {process.communicate()[0]}"
        check(process.returncode == 0, f"{name}: {layout} ends", text)
        return log_rows(self.place / name), (self.place / name / "model.safetensors").read_bytes()


def one_hash(runs, layouts, iterations):
    for setting, options in SETTINGS.items():
        options = [*options, "--max-iterations", iterations, "--overwrite"]
        expected = runs.whole("one", Layout(1, 1, 1), *options)
        for layout in layouts:
            check(runs.whole("other", layout, *options) == expected, f"{setting}: {layout} gives the bits of one core")


def killed(runs, draw, layouts, kills):
    """All processes of a host are killed, whichever it is, once something new is saved; the next start is on another
    layout."""
    setting = ["--train-count", 1037, "--beta", 3, "--max-iterations", 400]
    expected = runs.whole("undisturbed", Layout(1, 1, 1), *setting)
    directory, used = runs.place / "killed", []
    for number in range(kills):
        layout = draw.choice([layout for layout in layouts if layout not in used[-1:]])
        before = newest_checkpoint(directory)
        process = runs.start("killed", layout, *setting, "--checkpoint-every", draw.choice([1, 3]), "--resume")
        until(lambda: process.poll() is not None or newest_checkpoint(directory) > before, PATIENCE)
        time.sleep(draw.uniform(0, 0.2))
        victim = draw.randint(1, layout.nodes)
        kill_all(f"h{victim}")
        if until(lambda: process.poll() is not None, PATIENCE, 0.05) is False:
            check(False, f"{layout}, h{victim} killed: the end within {PATIENCE} s")
        text = process.communicate()[0]
        for host in range(1, NODES + 1):
            kill_all(f"h{host}")
        used.append(layout)
        # mpirun of Open MPI 5 returns 0 where it has lost a host.
        if (directory / "model.safetensors").exists():
            check(number > 0, "killed before the training was done", text)
            break
        check(newest_checkpoint(directory) > before, f"{layout}: saved more before h{victim} was killed", text)
    final = draw.choice([layout for layout in layouts if layout != used[-1]])
    check(runs.whole("killed", final, *setting, "--resume") == expected,
          f"killed {len(used)} times, on {', '.join(map(str, used))}, then {final}: model and log as of one core")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("--full", action="store_true", help="more layouts, more kills")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of all that is drawn (default: %(default)s)")
    arguments = parser.parse_args()
    need("mpirun")
    if built_with_mpich(arguments.program):
        skip("the options are those of Open MPI's mpirun")
    os.environ["OMPI_MCA_mpi_yield_when_idle"] = "1"
    layouts = MORE if arguments.full else SOME
    with room() as place, hosts(NODES):
        runs = Runs(arguments.program, place)
        one_hash(runs, layouts, 60 if arguments.full else 20)
        killed(runs, random.Random(arguments.seed), layouts, 20 if arguments.full else 4)


main()
