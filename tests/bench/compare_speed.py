#!/usr/bin/python3
"""Time to a trained model beside SciPy's, measured in turns in one run.

Two comparisons on MNIST, 400 iterations each, in double and in single precision:
  - the UFLDL recipe (hidden 196, 10,000 images, sparse);
  - the 17 settings of the study one after the other, each by a start of `train`, and all by one `sweep`.
`wall` is the time of a whole process: start, reading, training, and for sae-mpi the pictures and reports too.
`training` is the time in the optimiser alone. Each is the median of --repeat rounds; a ratio is SciPy's time
over ours within a round, and again the median. The hardest for us is SciPy's training over our wall. What a
sweep takes beside its trainings is divided among its settings. SciPy gets OpenBLAS on --blas-threads threads.
"""
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

import launcher
import opponent
import table
from study import HISTORY, ITERATIONS, STUDY, UFLDL

QUICK_ITERATIONS = 10
RATIOS = (("wall", "wall"), ("training", "training"), ("training", "wall"))


def sae_mpi(launch, setting, arguments, precision):
    """One training of ours: cost, evaluations and times."""
    options = launcher.train_options(setting, arguments.data, 0, arguments.iterations, HISTORY, precision)
    with tempfile.TemporaryDirectory() as directory:
        run = launch.train(options, Path(directory) / "run", arguments.ranks, arguments.threads)
        last = run.log[-1]
        return {"cost": run.cost, "iterations": last["iteration"], "evaluations": last["evaluations"],
                "wall": run.seconds, "training": run.training_seconds}


def sweep(launch, settings, arguments, precision):
    """The study by one `sweep`, a setting after the other on all ranks: results as those of sae_mpi()."""
    with tempfile.TemporaryDirectory() as directory:
        seconds, _ = launch.run(
            ["sweep", "--study", "--data", arguments.data, "--groups", 1, "--max-iterations", arguments.iterations,
             "--history", HISTORY, "--gradient-tolerance", 0, "--precision", precision, "--threads", arguments.threads,
             "--output", Path(directory) / "study"], arguments.ranks, arguments.threads)
        rows = json.loads((Path(directory) / "study" / "sweep.json").read_text())["settings"]
        if len(rows) != len(settings):
            sys.exit(f"sweep trained {len(rows)} settings, expected {len(settings)}")
        runs = [launcher.Run(row["seconds"], "", Path(directory) / "study" / row["name"]) for row in rows]
        rest = (seconds - sum(run.seconds for run in runs)) / len(runs)
        return [{"cost": row["cost"], "iterations": row["iterations"], "evaluations": row["evaluations"],
                 "wall": run.seconds + rest, "training": run.training_seconds} for row, run in zip(rows, runs)]


def scipy(other, setting, arguments):
    """One training of SciPy's."""
    result = other.minimise(setting, arguments.data, 0, arguments.iterations, HISTORY)
    return {"cost": result["cost"], "iterations": result["iterations"], "evaluations": result["evaluations"],
            "wall": result["wall_seconds"], "training": result["seconds"], "who": opponent.describe(result)}


def contestants(launch, other, arguments, sweeps):
    """Name -> what trains some settings."""
    def one_by_one(train, *more):
        return lambda settings: [train(setting, *more) for setting in settings]

    runners = {}
    for precision in ("double", "single"):
        runners[f"train {precision}"] = one_by_one(
            lambda setting, numbers: sae_mpi(launch, setting, arguments, numbers), precision)
        if sweeps:
            runners[f"sweep {precision}"] = lambda settings, numbers=precision: sweep(launch, settings, arguments, numbers)
    runners["SciPy"] = one_by_one(lambda setting: scipy(other, setting, arguments))
    return runners


def measure(name, settings, runners, arguments):
    """Rounds of all contestants on all settings: rounds[contestant][round] = one result a setting."""
    rounds = {who: [] for who in runners}
    for turn in range(arguments.repeat):
        for who, train in runners.items():
            print(f"{name}, round {turn + 1} of {arguments.repeat}: {who}", file=sys.stderr)
            rounds[who].append(train(settings))
    return rounds


def total(results, key):
    return sum(result[key] for result in results)


def summary(rounds, who):
    """Medians over the rounds of the totals over the settings."""
    own, scipy_rounds = rounds[who], rounds["SciPy"]
    result = {"contestant": who, "evaluations": total(own[0], "evaluations")}
    for key in ("wall", "training"):
        result[key] = median(total(results, key) for results in own)
    for theirs, ours in RATIOS:
        result[f"{theirs}/{ours}"] = median(total(scipys, theirs) / total(results, ours)
                                            for scipys, results in zip(scipy_rounds, own))
    return result


def print_totals(title, rounds):
    print(f"\n{title}")
    rows = [summary(rounds, who) for who in rounds]
    headings = ["", "evaluations", "wall s", "training s", *(f"SciPy's {a} / {b}" for a, b in RATIOS)]
    print(table.render(headings, [row.values() for row in rows]))
    return rows


def print_settings(settings, rounds):
    """Each setting's final costs, which are the same in all rounds, and median wall times."""
    headings = ["setting", *(f"{who}: cost" for who in rounds), *(f"{who}: wall s" for who in rounds)]
    rows = [[setting.name, *(f"{own[0][i]['cost']:.6g}" for own in rounds.values()),
             *(median(results[i]["wall"] for results in own) for own in rounds.values())]
            for i, setting in enumerate(settings)]
    print(table.render(headings, rows))


def compare(name, settings, runners, arguments):
    rounds = measure(name, settings, runners, arguments)
    totals = print_totals(f"{name}, {arguments.iterations} iterations, {arguments.ranks} ranks, "
                          f"median of {arguments.repeat}", rounds)
    print()
    print_settings(settings, rounds)
    return {"totals": totals, "settings": [setting.name for setting in settings], "rounds": rounds}


def parse():
    parser = launcher.make_parser(__doc__, data=True, layout=True)
    parser.add_argument("--only", choices=("ufldl", "study"), help="one of the two comparisons")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default: %(default)s)")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, metavar="N", help="default: %(default)s")
    parser.add_argument("--quick", action="store_true",
                        help=f"one round of {QUICK_ITERATIONS} iterations: whether it works, not how fast it is")
    opponent.add_arguments(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.repeat, arguments.iterations = 1, QUICK_ITERATIONS
    return arguments


def main():
    arguments = parse()
    launch, other = launcher.Launcher(arguments), opponent.Opponent(arguments)
    result = {}
    if arguments.only != "study":
        result["ufldl"] = compare("UFLDL recipe", [UFLDL], contestants(launch, other, arguments, False), arguments)
    if arguments.only != "ufldl":
        result["study"] = compare("17 settings of the study", list(STUDY),
                                  contestants(launch, other, arguments, True), arguments)
    who = next(iter(result.values()))["rounds"]["SciPy"][0][0]["who"]
    print(f"\nSciPy's side: {who}")
    table.save(arguments.json, {"opponent": who, **result})


if __name__ == "__main__":
    main()
