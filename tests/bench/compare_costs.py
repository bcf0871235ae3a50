#!/usr/bin/python3
"""Final costs of the study's settings with 100 images compared with SciPy's.

Trains the 13 settings with m = 100 from several seeds on MNIST. Passes, row by row, if
  - from 50 hidden units on, the mean final cost is at most 2 % above the mean of SciPy's;
  - with 10 hidden units, where there are several minima, the best cost is at most SciPy's worst.
SciPy's costs are those in study.py, or measured in the same run by --run-scipy. Exit status 1 if a row fails.

--starts N asks instead whether either finds lower costs where there are several minima: the settings with 10
hidden units, both from the same N starting points, and a Wilcoxon signed-rank test on the pairs of log costs
(python3-scipy). `ratio` is the median of our cost over SciPy's. This passes always: p is for the reader.
"""
import math
import sys
import tempfile
from pathlib import Path
from statistics import mean, median

import launcher
import opponent
import table
from study import HISTORY, ITERATIONS, STUDY

ALLOWED_EXCESS = 0.02
FEW_UNITS = 10


def verdict(setting, ours, scipy):
    """(what is compared, ours, SciPy's, whether it passes)."""
    if setting.hidden > FEW_UNITS:
        return "mean", mean(ours), mean(scipy), mean(ours) <= (1 + ALLOWED_EXCESS) * mean(scipy)
    return "best/worst", min(ours), max(scipy), min(ours) <= max(scipy)


def train_all(launch, setting, arguments, directory):
    """The final costs of all seeds."""
    costs = []
    for seed in range(arguments.seeds):
        options = launcher.train_options(setting, arguments.data, seed, arguments.iterations, HISTORY,
                                         arguments.precision)
        costs.append(launch.train(options, directory / f"seed-{seed}", arguments.ranks, arguments.threads).cost)
    return costs


def scipy_costs(other, setting, arguments):
    """As study.py has them, or measured now."""
    if other is None:
        return list(setting.scipy_costs)
    return [other.minimise(setting, arguments.data, seed, arguments.iterations, HISTORY)["cost"]
            for seed in range(arguments.seeds)]


def paired_test(ours, scipy):
    """p of the hypothesis that the log ratios of the pairs are symmetric about 0, and how many pairs we win."""
    from scipy.stats import wilcoxon

    ratios = [math.log(own / other) for own, other in zip(ours, scipy)]
    return wilcoxon(ratios).pvalue, sum(ratio < 0 for ratio in ratios)


def compare_starts(launch, other, arguments):
    """The rows of --starts."""
    results = []
    with tempfile.TemporaryDirectory() as directory:
        for setting in (s for s in STUDY if s.images == 100 and s.hidden == FEW_UNITS):
            ours = train_all(launch, setting, arguments, Path(directory))
            scipy = scipy_costs(other, setting, arguments)
            p, wins = paired_test(ours, scipy)
            results.append({"setting": setting.name, "starts": len(ours), "ours": ours, "scipy": scipy,
                            "median_ours": median(ours), "median_scipy": median(scipy), "lower": wins,
                            "ratio": median(own / theirs for own, theirs in zip(ours, scipy)), "p": p})
            print(f"{len(results)}: {setting.name}", file=sys.stderr)
    print(table.render(["setting", "starts", "ours, median", "SciPy, median", "ours lower", "ratio", "p"],
                       [[r["setting"], r["starts"], r["median_ours"], r["median_scipy"], r["lower"],
                         f"{r['ratio']:.4f}", r["p"]] for r in results]))
    table.save(arguments.json, results)


def parse():
    parser = launcher.make_parser(__doc__, data=True, layout=True)
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="0 to N - 1 (default: %(default)s)")
    parser.add_argument("--starts", type=int, metavar="N", help="the paired test, from the seeds 0 to N - 1")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, metavar="N", help="default: %(default)s")
    parser.add_argument("--precision", choices=("double", "single"), default="double")
    parser.add_argument("--run-scipy", action="store_true",
                        help="run SciPy now, from the same starts, in place of its costs in study.py")
    opponent.add_arguments(parser)
    arguments = parser.parse_args()
    if arguments.starts is not None:
        if arguments.starts < 1:
            parser.error(f"--starts: expected at least 1, found {arguments.starts}")
        arguments.seeds, arguments.run_scipy = arguments.starts, True
    if arguments.iterations != ITERATIONS and not arguments.run_scipy:
        parser.error(f"SciPy's costs in study.py are after {ITERATIONS} iterations: give --run-scipy as well")
    return arguments


def main():
    arguments = parse()
    launch = launcher.Launcher(arguments)
    other = opponent.Opponent(arguments) if arguments.run_scipy else None
    if arguments.starts is not None:
        compare_starts(launch, other, arguments)
        return 0
    results = []
    with tempfile.TemporaryDirectory() as directory:
        for setting in (s for s in STUDY if s.images == 100):
            ours = train_all(launch, setting, arguments, Path(directory))
            scipy = scipy_costs(other, setting, arguments)
            what, our_cost, scipy_cost, passed = verdict(setting, ours, scipy)
            results.append({"setting": setting.name, "ours": ours, "scipy": scipy, "compared": what,
                            "our_cost": our_cost, "scipy_cost": scipy_cost, "passed": passed})
            print(f"{len(results)}: {setting.name}", file=sys.stderr)
    rows = [[r["setting"], " / ".join(f"{c:.4g}" for c in r["ours"]), " / ".join(f"{c:.4g}" for c in r["scipy"]),
             r["compared"], r["our_cost"], r["scipy_cost"], f"{100 * (r['our_cost'] / r['scipy_cost'] - 1):+.1f} %",
             "PASS" if r["passed"] else "FAIL"] for r in results]
    print(table.render(["setting", "ours", "SciPy", "compared", "ours", "SciPy", "difference", ""], rows))
    table.save(arguments.json, results)
    return 0 if all(r["passed"] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
