#!/usr/bin/python3
"""What a second rank and a second thread bring: `sae-mpi bench` on 1 x 1, 2 x 1 and 1 x 2 (ranks x threads), in
turns.

A round measures each layout once; the speed-up is the quotient of the medians of an evaluation (and of a step)
within a round, and of these the median of --repeat rounds is printed with the least and the largest. The
parameters after some iterations of L-BFGS must have one SHA-256 in all layouts: exit status 1 if not, or if a
speed-up is below --least. Other programs on the machine spoil the figures.
"""
import json
import sys
from statistics import median

import launcher
import table

LAYOUTS = ((1, 1), (2, 1), (1, 2))


def name(layout):
    return f"{layout[0]} x {layout[1]}"


def measure(launch, arguments, layout):
    """One run of bench on a layout."""
    ranks, threads = layout
    data = ["--data", arguments.data] if arguments.data else []
    options = [*data, "--train-count", arguments.train_count, "--hidden", arguments.hidden, "--beta", arguments.beta,
               "--precision", arguments.precision, "--repeat", arguments.evaluations, "--history", arguments.history]
    _, output = launch.run(["bench", *options, "--threads", threads, "--json", "--quiet"], ranks, threads)
    return json.loads(output[output.index("{"):])


def seconds(result, part):
    """The median of an evaluation or a step; a step that was not reached is an error of the setting."""
    if result[part] is None:
        sys.exit("L-BFGS ended before its history was full: choose more images or a shorter --history")
    return result[part]["seconds"]["median"]


def speed_ups(rounds, layout, part):
    """Of each round: the time of one rank and thread over that of `layout`."""
    return [seconds(results[LAYOUTS[0]], part) / seconds(results[layout], part) for results in rounds]


def row(rounds, layout):
    runs = [results[layout] for results in rounds]
    cells = [name(layout), *(1e3 * median(seconds(run, part) for run in runs) for part in ("evaluation", "step")),
             100 * median(run["evaluation"]["share_of_peak"]["median"] for run in runs)]
    for part in ("evaluation", "step"):
        ratios = speed_ups(rounds, layout, part)
        cells.append(f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    return cells


def parse():
    parser = launcher.make_parser(__doc__)
    parser.add_argument("--data", metavar="DIR", help="directory with MNIST's files; default: built-in digits")
    parser.add_argument("--train-count", type=int, default=10000, metavar="N", help="default: %(default)s")
    parser.add_argument("--hidden", type=int, default=250, metavar="N", help="default: %(default)s")
    parser.add_argument("--beta", type=float, default=3, metavar="X", help="0: plain (default: %(default)s)")
    parser.add_argument("--precision", choices=("double", "single"), default="double")
    parser.add_argument("--history", type=int, default=10, metavar="N", help="default: %(default)s")
    parser.add_argument("--evaluations", type=int, default=5, metavar="N", help="a run (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default: %(default)s)")
    parser.add_argument("--least", type=float, metavar="X",
                        help="fail if an evaluation's median speed-up is below X (default: print only)")
    return parser.parse_args()


def main():
    arguments = parse()
    launch = launcher.Launcher(arguments)
    rounds = []
    for turn in range(arguments.repeat):
        print(f"round {turn + 1} of {arguments.repeat}", file=sys.stderr, flush=True)
        rounds.append({layout: measure(launch, arguments, layout) for layout in LAYOUTS})
    print(table.render(["ranks x threads", "evaluation, ms", "step, ms", "% of peak", "evaluation faster",
                        "step faster"], [row(rounds, layout) for layout in LAYOUTS]))
    hashes = {run["sha256"] for results in rounds for run in results.values()}
    print(f"sha256 of the parameters: {' '.join(sorted(hashes))}")
    table.save(arguments.json, [{name(layout): run for layout, run in results.items()} for results in rounds])
    if len(hashes) != 1:
        print("the layouts DIFFER in their parameters")
        return 1
    slow = [layout for layout in LAYOUTS[1:]
            if arguments.least and median(speed_ups(rounds, layout, "evaluation")) < arguments.least]
    for layout in slow:
        print(f"{name(layout)}: an evaluation is less than {arguments.least} times as fast")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
