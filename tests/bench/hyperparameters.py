#!/usr/bin/python3
"""What lambda, rho, beta and the number of hidden units do on MNIST: test error and use of the features.

Three tables, each around UFLDL's setting (lambda 0.003, rho 0.1, beta 3, 196 hidden units): rho and beta; lambda;
hidden units. For each setting an autoencoder is trained on the first --images training images by `sae-mpi sweep`.
  - train, test: the reconstruction error J of the training images and of the 10,000 test images.
  - activation: the mean activation of the hidden units.
  - accuracy: the share of the test images that a linear classifier on the features gets right. It is fitted by least
    squares (a ridge regression on the ten digits) to the 60,000 training images, with the best of a few penalties
    on 10,000 of them. Simpler and faster than the logistic regression of learns.py; compare within a table only.
The first row has the classifier on raw pixels. With --output DIR a second start continues the first one.
"""
import json
import tempfile
from pathlib import Path

import numpy as np

import idx
import launcher
import table
from study import HISTORY, UFLDL

GRID = {"rho": (0.02, 0.05, 0.1, 0.2), "beta": (0, 1, 3, 10)}
WEIGHT_DECAYS = (3e-4, 1e-3, 1e-2)
HIDDEN = (50, 100)
PENALTIES = (1e-2, 1e-1, 1, 10, 100)
HELD_OUT = 10000
COLUMNS = ("hidden", "lambda", "rho", "beta", "train", "test", "activation", "accuracy %")


def words(numbers):
    return ",".join(f"{number:g}" for number in numbers)


def sweep(launch, directory, arguments, hidden=(UFLDL.hidden,), weight_decay=UFLDL.weight_decay, rho=(UFLDL.rho,),
          beta=(UFLDL.beta,)):
    """Trains all combinations; returns the rows of sweep.json, each with the path of its model."""
    options = ["sweep", "--data", arguments.data, "--train-count", arguments.images, "--hidden", words(hidden),
               "--lambda", f"{weight_decay:g}", "--rho", words(rho), "--beta", words(beta), "--max-iterations",
               arguments.iterations, "--history", HISTORY, "--gradient-tolerance", 0, "--precision",
               arguments.precision, "--threads", arguments.threads, "--output", directory, "--resume", "--quiet"]
    launch.run(options, arguments.ranks, arguments.threads)
    rows = json.loads((directory / "sweep.json").read_text())["settings"]
    return [dict(row, model=directory / row["name"] / "model.safetensors") for row in rows]


def all_rows(launch, directory, arguments):
    rows = sweep(launch, directory / "rho-beta", arguments, rho=GRID["rho"], beta=GRID["beta"])
    for weight_decay in WEIGHT_DECAYS:
        rows += sweep(launch, directory / f"lambda-{weight_decay:g}", arguments, weight_decay=weight_decay)
    return rows + sweep(launch, directory / "hidden", arguments, hidden=HIDDEN)


def right(features, weights, labels):
    return float(np.mean((features @ weights).argmax(axis=1) == labels))


def accuracy(fitted_on, tested_on):
    """Share of the tested images that a linear classifier gets right. Each argument: (features, labels)."""
    def with_constant(features):
        return np.hstack([features, np.ones((len(features), 1))])

    def products(part):
        return features[part].T @ features[part], features[part].T @ np.eye(10)[labels[part]]

    def weights(squares, targets, penalty):
        return np.linalg.solve(squares + penalty * np.eye(len(squares)), targets)

    features, labels = with_constant(fitted_on[0]), fitted_on[1]
    held_out = slice(len(labels) - HELD_OUT, None)
    squares, targets = products(slice(0, len(labels) - HELD_OUT))
    shares = {penalty: right(features[held_out], weights(squares, targets, penalty), labels[held_out])
              for penalty in PENALTIES}
    more_squares, more_targets = products(held_out)
    best = weights(squares + more_squares, targets + more_targets, max(shares, key=shares.get))
    return right(with_constant(tested_on[0]), best, tested_on[1])


def features_accuracy(launch, model, labels, arguments):
    """The accuracy on the features of a model; `labels` of the training and of the test images."""
    with tempfile.TemporaryDirectory() as temporary:
        files = [Path(temporary) / "train.npy", Path(temporary) / "test.npy"]
        options = ["--model", model, "--data", arguments.data, "--output", files[0], "--test-output", files[1]]
        launch.run(["encode", *options], arguments.ranks, arguments.threads)
        return accuracy(*zip(map(np.load, files), labels))


def cells(row, share):
    return (row["hidden"], row["lambda"], "-" if row["rho"] is None else row["rho"], row["beta"], row["train_error"],
            row["test_error"], row["mean_activation"], 100 * share)


def parse():
    parser = launcher.make_parser(__doc__, data=True, layout=True)
    parser.add_argument("--images", type=int, default=UFLDL.images, metavar="N", help="default: %(default)s")
    parser.add_argument("--iterations", type=int, default=200, metavar="N", help="of a training (default: %(default)s)")
    parser.add_argument("--precision", choices=("double", "single"), default="single")
    parser.add_argument("--output", metavar="DIR", help="keep the trainings here (default: a temporary directory)")
    return parser.parse_args()


def main():
    arguments = parse()
    launch = launcher.Launcher(arguments)
    parts = [idx.images_and_labels(arguments.data, part) for part in ("train", "t10k")]
    labels = [part[1] for part in parts]
    with tempfile.TemporaryDirectory() as temporary:
        rows = all_rows(launch, Path(arguments.output or temporary), arguments)
        pixels = accuracy(*[(images / 255, digits) for images, digits in parts])
        lines = [("pixels", *[""] * 6, 100 * pixels)]
        lines += [cells(row, features_accuracy(launch, row["model"], labels, arguments)) for row in rows]
    print(table.render(COLUMNS, lines))
    table.save(arguments.json, [dict(zip(COLUMNS, line)) for line in lines])


if __name__ == "__main__":
    main()
