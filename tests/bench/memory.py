#!/usr/bin/python3
"""Peak memory of each rank and of the node, next to the sum that one would expect and to another version's.

    tests/bench/memory.py --data mnist --ranks 1 8 --threads 1 8 --other v1/build/release/src/app/sae-mpi

Trains on the 60,000 images of MNIST for a few iterations: hidden 250, sparse. Every rank runs behind a wrapper (this
script again) that writes down the largest resident set of its child, ru_maxrss of getrusage(2), in which memory that
ranks share counts for each of them. The peak of the node is the largest sum, over all ranks at one time, of the
proportional set size (/proc/PID/smaps_rollup), in which it counts once; it is looked at every 20 ms. Sizes are in MiB.

The parts of the node's sum: what the program and MPI take on as many ranks and threads, measured by a training of one
hidden unit on few images; 784 bytes for each image; its activations, stored where there is sparsity; what the cores
of a team hand to each other of two waves of tiles, and keep for themselves of one; the sums of the gradient, those of
the other teams, theta, and the weights as the products read them; the optimiser's vectors (5, and 2 in floats for each
pair of the history); and on rank 0 theta as it was at the start, as it is at the end, and as the bytes of the model
file.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import launcher
import table
from study import HISTORY, Setting

INPUTS = 784
COLUMNS_EACH = 128  # of a wave, for each core
WIDEST_TILE = 512
MEBIBYTE = 2**20
WRAP = "--wrap"
BASELINE = Setting(1, 64)
SETTING = Setting(250, 60000, beta=3.0, rho=0.1, weight_decay=3e-3)
RANK_VARIABLES = ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK")


def wrap(directory, command):
    """Runs one rank's command and writes its process id, then its peak in bytes, to files with the rank's name."""
    rank = next((os.environ[name] for name in RANK_VARIABLES if name in os.environ), "0")
    with subprocess.Popen(command) as process:
        Path(directory, f"{rank}.pid").write_text(str(process.pid))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    Path(directory, f"{rank}.peak").write_text(str(peak))
    return process.returncode


def proportional_size(pid):
    """A process's part of the memory, in bytes; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


class NodePeak:
    """Looks at the ranks' memory as long as it lives; `largest` is their sum's peak."""

    def __init__(self, directory):
        self.directory, self.largest, self.ended = directory, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def watch(self):
        while not self.ended.wait(0.02):
            pids = [file.read_text() for file in self.directory.glob("*.pid")]
            self.largest = max(self.largest, sum(proportional_size(pid) for pid in pids if pid))


def peaks(launch, setting, arguments, ranks, threads):
    """The largest peak of a rank, and that of the node, in bytes."""
    options = launcher.train_options(setting, arguments.data, 0, arguments.iterations, HISTORY, arguments.precision)
    with tempfile.TemporaryDirectory() as name:
        sizes = Path(name, "sizes")
        sizes.mkdir()
        prefix = [sys.executable, __file__, WRAP, str(sizes)]
        with NodePeak(sizes) as node:
            launch.train(options, Path(name, "run"), ranks, threads, prefix=prefix)
        return max(int(file.read_text()) for file in sizes.glob("*.peak")), node.largest


def teams_of(launch, setting, arguments, ranks, threads):
    """The teams into which the program divides the cores."""
    _, output = launch.run(["bench", "--data", arguments.data, "--train-count", setting.images, "--hidden", setting.hidden,
                            "--beta", setting.beta, "--precision", arguments.precision, "--repeat", 1, "--history", 1,
                            "--threads", threads, "--json", "--quiet"], ranks, threads)
    return json.loads(output[output.index("{"):])["setting"]["teams"]


def expected(setting, cores, teams, precision):
    """Part -> bytes of the node, without the program itself."""
    h, v, m = setting.hidden, INPUTS, setting.images
    number = 8 if precision == "double" else 4
    theta = 8 * (2 * h * v + h + v)
    shared = cores > teams
    each = COLUMNS_EACH if shared else WIDEST_TILE
    tiles = -(-cores * each // (teams * WIDEST_TILE)) if shared else 1
    wave = min(m, teams * tiles * WIDEST_TILE)
    return {
        "images": v * m,
        "activations": number * h * m if setting.beta > 0 else 0,
        "tiles": number * ((2 if shared else 1) * wave * (v + h) + 2 * wave * h + cores * each * v),
        "sums, theta, weights": 2 * theta + (teams - 1) * 16 * h * v + 3 * number * h * v,
        "vectors": (5 + HISTORY) * theta,
        "rank 0": 3 * theta,
    }


def measure(launches, arguments, ranks, threads):
    baseline = peaks(launches[0], BASELINE, arguments, ranks, threads)[1]
    teams = teams_of(launches[0], SETTING, arguments, ranks, threads)
    parts = {"program": baseline, **expected(SETTING, ranks * threads, teams, arguments.precision)}
    measured = [peaks(launch, SETTING, arguments, ranks, threads) for launch in launches]
    return {"ranks": ranks, "threads": threads, "parts": parts, "measured": measured}


def row(result):
    def mebibytes(size):
        return f"{size / MEBIBYTE:.0f}"

    whole = sum(result["parts"].values())
    return [f"{result['ranks']} x {result['threads']}", *map(mebibytes, result["parts"].values()), mebibytes(whole),
            mebibytes(result["measured"][0][1]), f"{result['measured'][0][1] / whole:.2f}",
            mebibytes(result["measured"][0][0]),
            *(mebibytes(size) for other in result["measured"][1:] for size in reversed(other))]


def parse():
    parser = launcher.make_parser(__doc__, data=True)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 4], metavar="N", help="default: 1 4")
    parser.add_argument("--threads", type=int, nargs="+", default=[1], metavar="N", help="of each rank; default: 1")
    parser.add_argument("--iterations", type=int, default=HISTORY + 2, metavar="N",
                        help="enough to fill the history (default: %(default)s)")
    parser.add_argument("--precision", choices=("double", "single"), default="double")
    parser.add_argument("--other", metavar="PROGRAM", help="sae-mpi of another version, to compare with")
    return parser.parse_args()


def main():
    if sys.argv[1:2] == [WRAP]:
        return wrap(sys.argv[2], sys.argv[3:])
    arguments = parse()
    launches = [launcher.Launcher(arguments)]
    if arguments.other:
        arguments.sae_mpi = arguments.other
        launches.append(launcher.Launcher(arguments))
    results = [measure(launches, arguments, ranks, threads)
               for ranks in arguments.ranks for threads in arguments.threads]
    others = ["other node", "other rank"] if arguments.other else []
    print(f"{SETTING.name}, MiB\n")
    print(table.render(["ranks x threads", *results[0]["parts"], "sum", "node", "node / sum", "largest rank", *others],
                       [row(result) for result in results]))
    table.save(arguments.json, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
