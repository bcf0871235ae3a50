#!/usr/bin/python3
"""Peak memory of each rank next to the expected sum.

Trains on the 60,000 images of MNIST for a few iterations: hidden 50 plain, and hidden 250 sparse, on 1 and 4
ranks. Every rank runs behind a wrapper (this script again) that writes down the largest resident set of its
child, ru_maxrss of getrusage(2). What the program and MPI take without data is measured by a training of one
hidden unit on few images on as many ranks. Sizes are in MiB.

The parts of the sum, m / ranks being a rank's images: 784 bytes for each image; its activations, stored where
there is sparsity; the buffers of the widest tile of each thread; the int64 sums of the gradient of each thread;
theta and the weights as the products read them; a rank's slices of the optimiser's vectors (5, and 2 in
floats for each pair of the history); what the other ranks add to its slice of the gradient;
and on rank 0, which has the largest sum, theta as it was at the start, as it is at the end, and as the bytes of
the model file. What ranks share is counted for each of them, as the system does.
"""
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import launcher
import table
from study import HISTORY, Setting

INPUTS = 784
WIDEST_TILE = 512
MEBIBYTE = 2**20
WRAP = "--wrap"
BASELINE = Setting(1, 64)
CASES = (Setting(50, 60000), Setting(250, 60000, beta=3.0, rho=0.1, weight_decay=3e-3))
RANK_VARIABLES = ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK")


def wrap(directory, command):
    """Runs one rank's command and writes its peak in bytes to a file with the rank's name."""
    rank = next((os.environ[name] for name in RANK_VARIABLES if name in os.environ), "0")
    status = subprocess.run(command, check=False).returncode
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    Path(directory, rank).write_text(str(peak))
    return status


def peaks(launch, setting, arguments, ranks):
    """The peak of each rank in bytes."""
    options = launcher.train_options(setting, arguments.data, 0, arguments.iterations, HISTORY, arguments.precision)
    with tempfile.TemporaryDirectory() as directory:
        sizes = Path(directory, "sizes")
        sizes.mkdir()
        prefix = [sys.executable, __file__, WRAP, str(sizes)]
        launch.train(options, Path(directory, "run"), ranks, arguments.threads, prefix=prefix)
        return [int(Path(sizes, str(rank)).read_text()) for rank in range(ranks)]


def expected(setting, ranks, threads, precision):
    """Part -> bytes of rank 0, without the program itself."""
    h, v, m = setting.hidden, INPUTS, setting.images
    number = 8 if precision == "double" else 4
    theta = 8 * (2 * h * v + h + v)
    columns = -(-m // ranks)
    tile = min(WIDEST_TILE, columns)
    return {
        "images": v * columns,
        "activations": number * h * columns if setting.beta > 0 else 0,
        "tiles": threads * number * tile * (v + 4 * h),
        "gradient sums": threads * theta,
        "weights": theta + 3 * number * h * v,
        "slices": (5 + HISTORY) * theta // ranks,
        "exchange": (ranks - 1) * theta // ranks,
        "rank 0": 3 * theta,
    }


def compare(launch, setting, arguments, ranks, baseline):
    """Measured and expected bytes of the rank with the largest peak."""
    measured = peaks(launch, setting, arguments, ranks)
    parts = {"program": baseline[ranks], **expected(setting, ranks, arguments.threads, arguments.precision)}
    return {"setting": setting.name, "ranks": ranks, "measured": measured, "parts": parts,
            "expected": sum(parts.values())}


def row(result):
    def mebibytes(size):
        return f"{size / MEBIBYTE:.1f}"

    return [f"{result['setting']}, {result['ranks']} ranks", *map(mebibytes, result["parts"].values()),
            mebibytes(result["expected"]), " ".join(map(mebibytes, result["measured"])),
            f"{max(result['measured']) / result['expected']:.2f}"]


def parse():
    parser = launcher.make_parser(__doc__, data=True)
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 4], metavar="N", help="default: 1 4")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of each rank")
    parser.add_argument("--iterations", type=int, default=HISTORY + 2, metavar="N",
                        help="enough to fill the history (default: %(default)s)")
    parser.add_argument("--precision", choices=("double", "single"), default="double")
    return parser.parse_args()


def main():
    if sys.argv[1:2] == [WRAP]:
        return wrap(sys.argv[2], sys.argv[3:])
    arguments = parse()
    launch = launcher.Launcher(arguments)
    baseline = {ranks: max(peaks(launch, BASELINE, arguments, ranks)) for ranks in arguments.ranks}
    results = [compare(launch, setting, arguments, ranks, baseline)
               for setting in CASES for ranks in arguments.ranks]
    print(table.render(["MiB", *results[0]["parts"], "sum", "measured, each rank", "largest / sum"],
                       [row(result) for result in results]))
    table.save(arguments.json, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
