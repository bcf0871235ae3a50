#!/usr/bin/python3
"""Trains on MNIST what docs/mnist-hashes.md has a SHA-256 of, and compares.

The recipe of UFLDL's exercise (hidden 196, 10,000 images) and the 17 settings of `sweep --study`, in double and in
single precision, with the program's defaults: 400 iterations, seed 0. --print writes the page's tables, as after a
change of the arithmetic. Exit status 1 if a hash differs or is not on the page.
"""
import json
import re
import sys
import tempfile
from pathlib import Path

import launcher
from study import STUDY, UFLDL

PAGE = launcher.ROOT / "docs" / "mnist-hashes.md"
PRECISIONS = ("double", "single")
HEADINGS = ("hidden", "images", "beta", "rho", "cost", "SHA-256")
SKIPPED = 77


def recipe(launch, precision, directory, arguments):
    """One row: what HEADINGS say."""
    options = ["train", "--data", arguments.data, "--train-count", UFLDL.images, "--hidden", UFLDL.hidden, "--precision",
               precision, "--threads", arguments.threads, "--quiet", "--output", directory / "recipe"]
    seconds, output = launch.run(options, arguments.ranks, arguments.threads)
    run = launcher.Run(seconds, output, directory / "recipe")
    return [(UFLDL.hidden, UFLDL.images, UFLDL.beta, UFLDL.rho, run.cost, run.parameters_hash)]


def study(launch, precision, directory, arguments):
    """A row for each setting of at most --most-hidden units."""
    chosen = [str(number) for number, setting in enumerate(STUDY) if setting.hidden <= arguments.most_hidden]
    for part in (["--only", ",".join(chosen)], ["--collect"]):
        launch.run(["sweep", "--study", "--data", arguments.data, "--precision", precision, "--threads",
                    arguments.threads, "--quiet", "--output", directory / "study", *part], arguments.ranks,
                   arguments.threads)
    settings = json.loads((directory / "study" / "sweep.json").read_text())["settings"]
    return [(row["hidden"], row["train_count"], row["beta"], row["rho"], row["cost"], row["sha256"])
            for row in settings if row["sha256"]]


PARTS = {"recipe": recipe, "study": study}


def line(row):
    """A line of a table of the page."""
    hidden, images, beta, rho, cost, sha256 = row
    return f"| {hidden} | {images} | {beta:g} | {'' if rho is None else f'{rho:g}'} | {cost:#.5g} | `{sha256}` |"


def tables(rows):
    """The page's tables; `rows` by precision."""
    for precision, lines in rows.items():
        yield f"**{precision.capitalize()} precision**\n"
        yield f"| {' | '.join(HEADINGS)} |\n|{'---:|' * (len(HEADINGS) - 1)}---|"
        yield "\n".join(map(line, lines)) + "\n"


def published():
    """The lines of the page's tables, by precision."""
    parts = re.split(r"^\*\*(Double|Single) precision\*\*$", PAGE.read_text(), flags=re.MULTILINE)
    return {name.lower(): set(re.findall(r"^\| \d.*\|$", text, re.MULTILINE))
            for name, text in zip(parts[1::2], parts[2::2])}


def parse():
    parser = launcher.make_parser(__doc__, data=True, layout=True)
    parser.add_argument("--only", choices=PARTS, help="one of the two")
    parser.add_argument("--most-hidden", type=int, default=250, metavar="N",
                        help="leave the larger settings of the study out (default: %(default)s, none)")
    parser.add_argument("--print", action="store_true", help="write the tables; compare nothing")
    return parser.parse_args()


def main():
    arguments = parse()
    if not Path(arguments.data).is_dir():
        print(f"{arguments.data}: no such directory; skipped")
        return SKIPPED
    launch = launcher.Launcher(arguments)
    rows = {}
    for precision in PRECISIONS:
        with tempfile.TemporaryDirectory() as directory:
            rows[precision] = [row for name, part in PARTS.items() if arguments.only in (None, name)
                               for row in part(launch, precision, Path(directory), arguments)]
    if arguments.print:
        print("\n".join(tables(rows)))
        return 0
    page = published()
    different = [f"{precision}: {line(row)}" for precision in PRECISIONS for row in rows[precision]
                 if line(row) not in page.get(precision, ())]
    print("\n".join(different) or f"{sum(map(len, rows.values()))} models have the published hashes")
    if different:
        print(f"not in {PAGE}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
