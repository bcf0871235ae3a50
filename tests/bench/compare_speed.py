#!/usr/bin/python3
"""Time to a trained model compared with SciPy's and PyTorch's, measured in turns in one run.

Two comparisons on MNIST, 400 iterations each, in double and in single precision, all from the same start:
  - the UFLDL recipe (hidden 196, 10,000 images, sparse);
  - the 17 settings of the study one after the other, each by a start of `train`, and all by one `sweep`, which
    chooses how many it trains at a time.
`wall` is the time of a whole process: start, reading, training, and for sae-mpi the pictures and reports too.
`training` is the time in the optimiser alone. Each is the median of --repeat rounds. A sweep may train settings side by
side: its time is divided among them in proportion to what each took.
The second table compares each opponent with `train` in the same precision. A ratio is the opponent's time over
ours within a round, and again the median; the hardest for us is the opponent's training over our wall. `to our
cost` is the opponent's training up to the first evaluation whose cost is at most that which we have at the end;
`ours` is our training, both in the settings in which the opponent gets there (`reached`).
The opponents get OpenBLAS on --blas-threads threads. Where OpenBLAS does not know the processor it takes old
kernels: the last lines show which; then name better ones by --blas-kernels.
"""
import argparse
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
PRECISIONS = ("double", "single")


def sae_mpi(launch, setting, arguments, precision):
    """One training of ours: cost, evaluations and times."""
    options = launcher.train_options(setting, arguments.data, 0, arguments.iterations, HISTORY, precision)
    with tempfile.TemporaryDirectory() as directory:
        run = launch.train(options, Path(directory) / "run", arguments.ranks, arguments.threads)
        last = run.log[-1]
        return {"cost": run.cost, "iterations": last["iteration"], "evaluations": last["evaluations"],
                "wall": run.seconds, "training": run.training_seconds}


def sweep(launch, settings, arguments, precision):
    """The study by one `sweep`: results as those of sae_mpi()."""
    with tempfile.TemporaryDirectory() as directory:
        seconds, _ = launch.run(
            ["sweep", "--study", "--data", arguments.data, "--max-iterations", arguments.iterations, "--history", HISTORY,
             "--gradient-tolerance", 0, "--precision", precision, "--threads", arguments.threads, "--output",
             Path(directory) / "study"], arguments.ranks, arguments.threads)
        rows = json.loads((Path(directory) / "study" / "sweep.json").read_text())["settings"]
        if len(rows) != len(settings):
            sys.exit(f"sweep trained {len(rows)} settings, expected {len(settings)}")
        runs = [launcher.Run(row["seconds"], "", Path(directory) / "study" / row["name"]) for row in rows]
        share = seconds / sum(run.seconds for run in runs)
        return [{"cost": row["cost"], "iterations": row["iterations"], "evaluations": row["evaluations"],
                 "wall": run.seconds * share, "training": run.training_seconds * share}
                for row, run in zip(rows, runs)]


def opponents_training(other, setting, arguments, precision):
    """One training of an opponent's."""
    result = other.minimise(setting, arguments.data, 0, arguments.iterations, HISTORY, precision)
    return {"cost": result["cost"], "iterations": result["iterations"], "evaluations": result["evaluations"],
            "wall": result["wall_seconds"], "training": result["seconds"], "trace": result["trace"],
            "who": opponent.describe(result)}


def our_contestants(launch, arguments, sweeps):
    """Name -> what trains some settings."""
    runners = {}
    for precision in PRECISIONS:
        runners[f"train {precision}"] = lambda settings, numbers=precision: [
            sae_mpi(launch, setting, arguments, numbers) for setting in settings]
        if sweeps:
            runners[f"sweep {precision}"] = lambda settings, numbers=precision: sweep(
                launch, settings, arguments, numbers)
    return runners


def their_contestants(others, arguments):
    """Name -> (our contestant to compare with, what trains some settings)."""
    runners = {}
    for other in others:
        for precision in other.kind.precisions:
            runners[f"{other.kind.title} {precision}"] = f"train {precision}", (
                lambda settings, other=other, numbers=precision: [
                    opponents_training(other, setting, arguments, numbers) for setting in settings])
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


def totals_of(who, rounds):
    """A row: medians over the rounds of the totals over the settings."""
    result = {"contestant": who, "evaluations": total(rounds[who][0], "evaluations")}
    for key in ("wall", "training"):
        result[key] = median(total(results, key) for results in rounds[who])
    result["ms"] = 1000 * result["training"] / result["evaluations"]
    return result


def seconds_to(cost, result):
    """The seconds of a training up to the first evaluation that is at most `cost`; None if there is none."""
    return next((seconds for seconds, reached in result["trace"] if reached <= cost), None)


def race(theirs, ours):
    """A round's settings in which an opponent reaches our final costs: (how many, its seconds, our seconds)."""
    pairs = [(seconds_to(own["cost"], other), own["training"]) for other, own in zip(theirs, ours)]
    reached = [(seconds, own) for seconds, own in pairs if seconds is not None]
    return len(reached), sum(seconds for seconds, _ in reached), sum(own for _, own in reached)


def duel(who, against, rounds):
    """A row: an opponent compared with `against`."""
    result = {"opponent": who}
    for theirs, ours in RATIOS:
        result[f"{theirs} / {ours}"] = median(total(other, theirs) / total(own, ours)
                                              for other, own in zip(rounds[who], rounds[against]))
    races = [race(other, own) for other, own in zip(rounds[who], rounds[against])]
    result["reached"] = f"{races[0][0]} of {len(rounds[who][0])}"
    nowhere = races[0][0] == 0
    result["to our cost"] = "-" if nowhere else median(row[1] for row in races)
    result["ours"] = "-" if nowhere else median(row[2] for row in races)
    return result


def print_settings(settings, rounds):
    """Each setting's final costs, which are the same in all rounds, and median wall times."""
    headings = ["setting", *(f"{who}: cost" for who in rounds), *(f"{who}: wall s" for who in rounds)]
    rows = [[setting.name, *(f"{own[0][i]['cost']:.6g}" for own in rounds.values()),
             *(median(results[i]["wall"] for results in own) for own in rounds.values())]
            for i, setting in enumerate(settings)]
    print(table.render(headings, rows))


def compare(name, settings, launch, others, arguments, sweeps=False):
    theirs = their_contestants(others, arguments)
    runners = {**our_contestants(launch, arguments, sweeps), **{who: run for who, (_, run) in theirs.items()}}
    rounds = measure(name, settings, runners, arguments)
    totals = [totals_of(who, rounds) for who in rounds]
    duels = [duel(who, against, rounds) for who, (against, _) in theirs.items()]
    print(f"\n{name}, {arguments.iterations} iterations, {arguments.ranks} ranks, median of {arguments.repeat}")
    print(table.render(["", "evaluations", "wall s", "training s", "ms an evaluation"],
                       [row.values() for row in totals]))
    print()
    print(table.render(["compared with ours", *list(duels[0])[1:]], [row.values() for row in duels]))
    print()
    print_settings(settings, rounds)
    who = {rounds[name][0][0]["who"] for name in theirs}
    for results in (result for turns in rounds.values() for turn in turns for result in turn):
        results.pop("trace", None)
    return {"totals": totals, "duels": duels, "settings": [setting.name for setting in settings], "rounds": rounds,
            "opponents": sorted(who)}


def names_of_opponents(text):
    names = text.split(",")
    for name in names:
        if name not in opponent.KINDS:
            raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(opponent.KINDS)}")
    return names


def parse():
    parser = launcher.make_parser(__doc__, data=True, layout=True)
    parser.add_argument("--only", choices=("ufldl", "study"), help="one of the two comparisons")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default: %(default)s)")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, metavar="N", help="default: %(default)s")
    parser.add_argument("--opponents", type=names_of_opponents, default=list(opponent.KINDS), metavar="NAME,...",
                        help=f"those of {', '.join(opponent.KINDS)} to compare with; one whose packages are missing is "
                        "left out with a message (default: all)")
    parser.add_argument("--quick", action="store_true",
                        help=f"one round of {QUICK_ITERATIONS} iterations: whether it works, not how fast it is")
    opponent.add_arguments(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.repeat, arguments.iterations = 1, QUICK_ITERATIONS
    return arguments


def main():
    arguments = parse()
    launch, others = launcher.Launcher(arguments), opponent.choose(arguments.opponents, arguments).values()
    result = {}
    if arguments.only != "study":
        result["ufldl"] = compare("UFLDL recipe", [UFLDL], launch, others, arguments)
    if arguments.only != "ufldl":
        result["study"] = compare("17 settings of the study", list(STUDY), launch, others, arguments, sweeps=True)
    print()
    for who in next(iter(result.values()))["opponents"]:
        print(f"Opponent: {who}")
    table.save(arguments.json, result)


if __name__ == "__main__":
    main()
