#!/usr/bin/python3
"""Which part of the optimiser decides the final cost where there are several minima?

A model in NumPy of the program's L-BFGS (src/train/lbfgs.cpp, line_search.cpp), its parts exchanged one at a
time, and SciPy's L-BFGS-B, all from the same starts, on the settings of the study with 10 hidden units, plain and
with rho = 0.01. Prints a row a variant: medians, in how many starts its cost is lower than SciPy's, the median
ratio, and p of a Wilcoxon signed-rank test on the pairs of log costs.
"""
import argparse
import json
import math
import sys
import warnings
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy.optimize import minimize
from scipy.optimize._linesearch import scalar_search_wolfe1
from scipy.stats import wilcoxon

import idx
import minimisation
import table
from reference_objective import Objective
from study import HISTORY, ITERATIONS, STUDY

CURVATURE = 0.9
MAX_EVALUATIONS = 20
IMAGES = 100
SETTINGS = [s for s in STUDY if s.hidden == 10 and s.images == IMAGES and (s.beta == 0 or s.rho == 0.01)]


@dataclass(frozen=True)
class Variant:
    """Parts of the optimiser. `first` times 1 / ||g|| is the first step."""

    more_thuente: bool = False
    decrease: float = 1e-4
    pairs: type = np.float32
    first: float = 1.0


VARIANTS = {
    "the program's": Variant(),
    "pairs in double": Variant(pairs=np.float64),
    "decrease of 1e-3": Variant(decrease=1e-3),
    "More-Thuente, 1e-3": Variant(more_thuente=True, decrease=1e-3),
    "More-Thuente, 1e-3, pairs in double": Variant(more_thuente=True, decrease=1e-3, pairs=np.float64),
    "first step 10 times": Variant(first=10.0),
}


class Line:
    """phi(t) = f(x + t d); remembers its last evaluation."""

    def __init__(self, objective, x, d):
        self.objective, self.x, self.d, self.t = objective, x, d, None

    def at(self, t):
        if t != self.t:
            self.t, self.point = t, self.x + t * self.d
            self.cost, self.gradient = self.objective(self.point)
        return self.cost, self.gradient @ self.d


def nocedal_wright(line, cost, slope, step, decrease):
    """LBFGSpp's search (Nocedal and Wright, algorithms 3.5 and 3.6); None if it fails."""
    low, high = (0.0, cost, slope), None
    for _ in range(MAX_EVALUATIONS):
        f, g = line.at(step)
        too_high = f > cost + decrease * step * slope or (high is not None or low[0] > 0) and f >= low[1]
        if not too_high and abs(g) <= -CURVATURE * slope:
            return step
        if high is None:
            if not too_high and g < 0:
                low, step = (step, f, g), 2 * step
                continue
            low, high = (low, (step, f)) if too_high else ((step, f, g), low[:2])
        elif too_high:
            high = (step, f)
        else:
            if g * (high[0] - low[0]) >= 0:
                high = low[:2]
            low = (step, f, g)
        step = interpolate(low, high)
    return None


def interpolate(low, high):
    """The minimum of a parabola through both costs and the slope at `low`, or the middle."""
    width, rise = high[0] - low[0], high[1] - low[1]
    with np.errstate(all="ignore"):
        step = low[0] - np.divide(width * width * low[2], 2 * (rise - width * low[2]))
    return step if min(low[0], high[0]) < step < max(low[0], high[0]) else (low[0] + high[0]) / 2


def more_thuente(line, cost, slope, step, decrease):
    """SciPy's search, MINPACK's dcsrch, with the constants of L-BFGS-B but `decrease`. It begins at a step of 1,
    so that the line is measured in first steps."""
    found = scalar_search_wolfe1(lambda t: line.at(t * step)[0], lambda t: line.at(t * step)[1] * step, cost, None,
                                 slope * step, c1=decrease, c2=CURVATURE, amax=1e10, amin=0, xtol=0.1)[0]
    return None if found is None else found * step


def direction(pairs, gradient):
    """The two loops (Nocedal and Wright, algorithm 7.4)."""
    d, alphas = -gradient, []
    for s, y in reversed(pairs):
        alphas.append(s @ d / (s @ y))
        d = d - alphas[-1] * y
    if pairs:
        s, y = pairs[-1]
        d *= s @ y / (y @ y)
    for (s, y), alpha in zip(pairs, reversed(alphas)):
        d += (alpha - y @ d / (s @ y)) * s
    return d


def lbfgs(objective, x, variant, iterations):
    """The final cost. A line search that fails empties the history; the second in a row ends."""
    cost, gradient = objective(x)
    pairs, failures = [], 0
    search = more_thuente if variant.more_thuente else nocedal_wright
    for _ in range(iterations):
        line = Line(objective, x, direction(pairs, gradient))
        slope = gradient @ line.d
        first = 1.0 if pairs else variant.first / np.linalg.norm(gradient)
        step = search(line, cost, slope, first, variant.decrease) if slope < 0 else None
        if step is None or line.at(step)[0] >= cost:
            pairs, failures = [], failures + 1
            if failures == 2:
                break
            continue
        s, y = line.point - x, line.gradient - gradient
        s, y = s.astype(variant.pairs).astype(float), y.astype(variant.pairs).astype(float)
        if s @ y > np.finfo(float).eps * (y @ y):
            pairs = [*pairs, (s, y)][-HISTORY:]
        x, cost, gradient, failures = line.point, line.cost, line.gradient, 0
    return cost


def scipys(objective, x, iterations):
    options = {"maxiter": iterations, "maxcor": HISTORY, "maxfun": 100 * iterations, "ftol": 0, "gtol": 0}
    return float(minimize(objective, x, jac=True, method="L-BFGS-B", options=options).fun)


def costs_of(setting, columns, arguments):
    """Name of an optimiser -> its final costs, one a start."""
    objective = Objective(columns, setting)
    costs = {"SciPy": [], **{name: [] for name in arguments.variants}}
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.starts):
        start = minimisation.starting_point(columns.shape[1], setting.hidden, seed)
        costs["SciPy"].append(scipys(objective, start, arguments.iterations))
        for name in arguments.variants:
            costs[name].append(float(lbfgs(objective, start, VARIANTS[name], arguments.iterations)))
        print(json.dumps({"setting": setting.name, "seed": seed, **{name: own[-1] for name, own in costs.items()}}),
              file=sys.stderr, flush=True)
    return costs


def rows_of(setting, costs):
    """A row a variant: it compared with SciPy."""
    scipy = costs["SciPy"]
    for name, own in costs.items():
        if name == "SciPy":
            continue
        ratios = [math.log(a / b) for a, b in zip(own, scipy)]
        yield [setting.name, name, len(own), median(own), median(scipy), sum(ratio < 0 for ratio in ratios),
               f"{math.exp(median(ratios)):.4f}", float(wilcoxon(ratios).pvalue)]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, metavar="DIR", help="directory with MNIST's files")
    parser.add_argument("--starts", type=int, default=60, metavar="N", help="default: %(default)s")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N", help="default: %(default)s")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, metavar="N", help="default: %(default)s")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS), metavar="NAME",
                        help=f"of {'; '.join(VARIANTS)} (default: all)")
    parser.add_argument("--json", metavar="FILE", help="write all costs here too")
    return parser.parse_args()


def main():
    arguments = parse()
    images = idx.read(idx.find(arguments.data, "train-images-idx3-ubyte"), IMAGES)
    columns = images.reshape(IMAGES, -1) / 255
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("ignore")
        costs = {setting: costs_of(setting, columns, arguments) for setting in SETTINGS}
    print(table.render(["setting", "optimiser", "starts", "median", "SciPy's", "lower", "ratio", "p"],
                       [row for setting, own in costs.items() for row in rows_of(setting, own)]))
    table.save(arguments.json, {setting.name: own for setting, own in costs.items()})


if __name__ == "__main__":
    main()
