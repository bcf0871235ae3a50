#!/usr/bin/python3
"""What checkpoints at the default, by time, cost of a training's time.

Trains a medium and a large setting on the built-in digits, for as many iterations as by default. `share` is what
`train` itself tells: the seconds from the beginning of each save to the end of its last fsync, on rank 0, for which the
others wait, over the seconds of all iterations. `difference` is the independent check: the same training with and
without checkpoints before its end (--checkpoint-every beyond its last iteration), one after the other, the median of
the pairs; it is only as good as the machine is quiet. --directory names the disk that is written to. Exit status 1 if a
share is not below 1 %.
"""
import re
import statistics
import sys
import tempfile
from pathlib import Path

import launcher
import table
from study import HISTORY, Setting

CASES = {"medium": (Setting(100, 10000, beta=3.0, rho=0.1, weight_decay=3e-3), 400),
         "large": (Setting(1000, 10000, beta=3.0, rho=0.1, weight_decay=3e-3), 400)}
SPENT = re.compile(r"^time in all .*, checkpoints of this start (?:(\d+) min )?([0-9.e-]+) s$", re.MULTILINE)
MOST = 0.01


def options_of(setting, iterations):
    options = launcher.train_options(setting, "", 0, iterations, HISTORY)
    return [*options[2:], "--test-count", 10]


def seconds_of(run):
    """(seconds for checkpoints, as told; seconds of all iterations and of the save after the last)"""
    minutes, seconds = SPENT.search(run.output).groups()
    return 60 * int(minutes or 0) + float(seconds), run.training_seconds


def measure(launch, arguments, setting, iterations):
    """(share, difference, seconds of a training, bytes of a checkpoint)"""
    shares, differences, lengths = [], [], []
    options = options_of(setting, iterations)
    for _ in range(arguments.repeat):
        with tempfile.TemporaryDirectory(dir=arguments.directory) as room:
            spent, seconds = seconds_of(launch.train(options, Path(room, "with"), arguments.ranks, arguments.threads))
            size = max(path.stat().st_size for path in Path(room, "with").glob("checkpoint-*"))
            _, without = seconds_of(launch.train([*options, "--checkpoint-every", iterations + 1], Path(room, "without"),
                                                 arguments.ranks, arguments.threads))
        shares.append(spent / seconds)
        differences.append(seconds / without - 1)
        lengths.append(seconds)
    return max(shares), statistics.median(differences), statistics.median(lengths), size


def parse():
    parser = launcher.make_parser(__doc__, layout=True)
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="pairs of runs (default: %(default)s)")
    parser.add_argument("--directory", metavar="DIR", help="where to write (default: the directory of temporary files)")
    return parser.parse_args()


def main():
    arguments = parse()
    launch = launcher.Launcher(arguments)
    rows = []
    for name, (setting, iterations) in CASES.items():
        share, difference, seconds, size = measure(launch, arguments, setting, iterations)
        rows.append([f"{name}: {setting.name}", iterations, seconds, size / 1e6, f"{share:.2%}", f"{difference:+.2%}"])
        print(f"{name}: {share:.2%}", file=sys.stderr, flush=True)
    print(table.render(["setting", "iterations", "seconds", "MB each", "share, at most", "difference, median"], rows))
    table.save(arguments.json, {"rows": rows})
    return 0 if all(float(row[4][:-1]) / 100 < MOST for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
