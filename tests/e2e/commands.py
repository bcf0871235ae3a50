#!/usr/bin/env python3
"""commands.py MPIRUN ... PROGRAM (the launcher's words up to the number of ranks): train, evaluate, check-gradient and
show as their users start them, against the network worked out by loops in Python: what is written and printed, that a
model may come from elsewhere, that a run can be repeated from its config.ini, and that ranks change nothing."""
import hashlib
import json
import math
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

import network
from bad_input_files import IMAGES, PIXELS, SIDE, idx
from processes import check

MPIRUN, PROGRAM = sys.argv[1:-1], sys.argv[-1]
ALONE = 0  # no mpirun
WEIGHT_DECAY, RHO, BETA = 1e-3, 0.2, 0.5
SETTINGS = ["--lambda", WEIGHT_DECAY, "--rho", RHO, "--beta", BETA]
LOG_KEYS = ["iteration", "evaluations", "cost", "reconstruction", "weight_decay", "sparsity", "gradient_norm", "step",
            "seconds"]
TERMS = ["reconstruction", "weight_decay", "sparsity"]
RUN_FILES = ["config.ini", "log.jsonl", "model.safetensors", "report.html", "test-decoded.png", "test-input.png",
             "train-decoded.png", "train-input.png", "weights.png"]
PIXELS_OF_TEST = bytes(i * 11 % 256 for i in range(8 * PIXELS))


def run(ranks, *arguments, status=0):
    """(standard output, standard error) of a run with this exit status."""
    launch = [] if ranks == ALONE else [*MPIRUN, str(ranks)]
    done = subprocess.run([*launch, PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)
    if done.returncode != status:
        print(done.stdout, done.stderr)
        check(False, f"{arguments}: exit status {done.returncode}, expected {status}")
    return done.stdout, done.stderr


def columns(pixels, count):
    """Images as rows of numbers from 0 to 1."""
    return [[byte / 255 for byte in pixels[PIXELS * i : PIXELS * (i + 1)]] for i in range(count)]


def close(found, expected, tolerance):
    return math.isclose(found, expected, rel_tol=tolerance, abs_tol=0)


def read_log(directory):
    """The rows of log.jsonl, their numbers as they are written."""
    return [json.loads(line, parse_float=str) for line in (directory / "log.jsonl").read_text().splitlines()]


def without_times(rows):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


def the_run_directory(room, data):
    directory = room / "run"
    out, err = run(2, "train", *data, *SETTINGS, "--hidden", 3, "--max-iterations", 25, "--gradient-tolerance", 0,
                   "--checkpoint-every", 10, "--output", directory)
    found = sorted(path.name for path in directory.iterdir() if not path.name.startswith("checkpoint-"))
    check(found == RUN_FILES, "a run directory holds what it should, and nothing else")
    check(re.search(r"25/25 +cost \S+ +gradient \S+ +evaluations \d+", err), "the console shows the iterations", err)
    rows = read_log(directory)
    check(all(list(row) == LOG_KEYS for row in rows), "each line of the log has the nine keys")
    check([row["iteration"] for row in rows] == list(range(26)), "a line for the start and for each iteration")
    counts = [row["evaluations"] for row in rows]
    check(counts[0] == 1 and all(a < b for a, b in zip(counts, counts[1:])), "evaluations are counted apart")
    costs = [float(row["cost"]) for row in rows]
    check(costs[-1] < costs[0] and all(a >= b for a, b in zip(costs, costs[1:])), "the cost falls")
    check(all(close(float(row["cost"]), sum(float(row[key]) for key in TERMS), 1e-15) for row in rows),
          "the cost is the sum of its terms")
    net, metadata = network.read_network(directory / "model.safetensors")
    expected = {"lambda": WEIGHT_DECAY, "rho": RHO, "beta": BETA, "train_count": IMAGES, "arithmetic": 2}
    check(all(float(metadata[key]) == value for key, value in expected.items()), "the metadata has the settings")
    numbers = net.numbers()
    found = re.findall(r"\b[0-9a-f]{64}\b", out)
    check(found == [hashlib.sha256(struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest()],
          "the SHA-256 that is printed is that of the parameters in the file")
    private = [str(room), os.uname().nodename, "threads", "ranks"]
    header = (directory / "model.safetensors").read_bytes()[:4096].decode(errors="replace")
    check(not any(word in header for word in private), "the model names no path, host, rank or thread")
    return directory


def as_expected(result, net, images, settings=(WEIGHT_DECAY, RHO, BETA)):
    terms, means, gradient = network.evaluate(net, images, *settings)
    norm = math.sqrt(math.fsum(g * g for g in gradient.numbers()))
    activation = {"minimum": min(means), "mean": math.fsum(means) / len(means), "maximum": max(means)}
    return (all(math.isclose(result[key], terms[key], rel_tol=1e-12, abs_tol=1e-300) for key in TERMS) and
            close(result["cost"], sum(terms.values()), 1e-12) and close(result["gradient_norm"], norm, 1e-9) and
            list(result["mean_activation"]) == list(activation) and
            all(close(result["mean_activation"][key], activation[key], 1e-12) for key in activation))


def evaluations(room, data, directory):
    model = directory / "model.safetensors"
    net, _ = network.read_network(model)
    pixels = idx()[16:]
    out, _ = run(3, "evaluate", "--model", model, *data[:2], "--gradient", room / "gradient")
    check(len(out.splitlines()) == 1, "evaluate prints one line and nothing else, on three ranks")
    result = json.loads(out)
    check(list(result) == ["cost", *TERMS, "gradient_norm", "mean_activation"], "which is an object with its keys")
    last = read_log(directory)[-1]
    check(all(result[key] == float(last[key]) for key in ["cost", *TERMS, "gradient_norm"]),
          "evaluate of the final model is the last line of the log")
    check(as_expected(result, net, columns(pixels, IMAGES)), "and what loops in Python make of it")
    written, metadata = network.read_network(room / "gradient")
    _, _, expected = network.evaluate(net, columns(pixels, IMAGES), WEIGHT_DECAY, RHO, BETA)
    check(metadata == {}, "the gradient has no metadata")
    norm = math.sqrt(math.fsum(g * g for g in expected.numbers()))
    for name in network.NAMES:
        check(all(abs(a - b) <= 1e-13 * norm for a, b in zip(*[flat(getattr(n, name)) for n in (written, expected)])),
              f"--gradient: that of {name} is as expected")
    check(run(ALONE, "evaluate", "--model", model, *data[:2])[0] == out, "the same line without mpirun")
    changed = ["--train-count", 7, "--lambda", 0.25, "--rho", 0.4, "--beta", 2]
    result = json.loads(run(ALONE, "evaluate", "--model", model, *data[:2], *changed)[0])
    check(as_expected(result, net, columns(pixels, 7), (0.25, 0.4, 2)), "options win over the model's metadata")
    result = json.loads(run(ALONE, "evaluate", "--model", model, *data[:2], "--beta", 0)[0])
    check(result["sparsity"] == 0 and as_expected(result, net, columns(pixels, IMAGES), (WEIGHT_DECAY, RHO, 0)),
          "without sparsity too")


def flat(rows):
    return [w for row in rows for w in row] if isinstance(rows[0], list) else rows


def a_model_from_elsewhere(room, data):
    net = network.some_network(PIXELS, 3)
    net.write(room / "foreign")
    directory = room / "continued"
    run(ALONE, "train", *data, *SETTINGS, "--hidden", 3, "--init", room / "foreign", "--max-iterations", 1, "--quiet",
        "--output", directory)
    terms, _, _ = network.evaluate(net, columns(idx()[16:], IMAGES), WEIGHT_DECAY, RHO, BETA)
    first = read_log(directory)[0]
    check(all(close(float(first[key]), terms[key], 1e-12) for key in TERMS), "--init starts from another's model")
    result = json.loads(run(ALONE, "evaluate", "--model", room / "foreign", *data[:2], *SETTINGS)[0])
    check(as_expected(result, net, columns(idx()[16:], IMAGES)), "which evaluate reads as well")


def repeated(room, directory):
    other = room / "repeated"
    run(ALONE, "train", "--config", directory / "config.ini", "--output", other)
    same = [(d / "model.safetensors").read_bytes() for d in (directory, other)]
    check(same[0] == same[1], "--config with a run's config.ini makes the same model, on one rank without mpirun")
    check(without_times(read_log(directory)) == without_times(read_log(other)), "and the same log")
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    again = ["train", "--config", directory / "config.ini", "--max-iterations", 2]
    _, err = run(2, *again, status=1)
    check("holds a result" in err and "--overwrite" in err, "a result is not overwritten")
    check({path.name: path.read_bytes() for path in directory.iterdir()} == before, "nothing has changed")
    run(2, *again, "--overwrite", "--quiet")
    check(len(read_log(directory)) == 3, "with --overwrite it is, and the command line wins over the file")


def ranks_change_nothing(room, data):
    """Where there are more ranks than tiles; the test one_hash has the other layouts."""
    runs = []
    for ranks in (ALONE, 3):
        directory = room / f"ranks-{ranks}"
        run(ranks, "train", *data, *SETTINGS, "--hidden", 3, "--max-iterations", 20, "--gradient-tolerance", 0,
            "--threads", 1, "--quiet", "--output", directory)
        runs.append((without_times(read_log(directory)), (directory / "model.safetensors").read_bytes()))
    check(len(runs[0][0]) == 21 and runs[0] == runs[1], "more ranks than tiles: the same log and model after 20 iterations")


def gradient_checks():
    pattern = r"(plain|sparse) *: largest absolute difference (\S+), relative norm (\S+)"
    for ranks in (ALONE, 2):
        out, _ = run(ranks, "check-gradient")
        found = {kind: (float(largest), float(norm)) for kind, largest, norm in re.findall(pattern, out)}
        check(found["plain"][1] < 1e-8 and found["sparse"][1] < 1e-7 and all(a > 0 for pair in found.values() for a in pair),
              f"check-gradient on {ranks or 'no'} ranks: {found}")
    out, _ = run(ALONE, "check-gradient", "--plain-tolerance", "1e-300", status=1)
    check("too large" in out, "above its tolerance: exit status 1")


def pictures(room, data):
    out, _ = run(ALONE, "show", *data, "--first", "1,10", "--test-first", 5, "--output", room / "shown")
    names = ["test-first-5.png", "train-first-1.png", "train-first-10.png"]
    check(sorted(path.name for path in (room / "shown").iterdir()) == names and all(name in out for name in names),
          "show writes the grids that it names")
    for name, pixels, across in (("train-first-10.png", idx()[16:], 4), ("test-first-5.png", PIXELS_OF_TEST, 3)):
        rows = network.read_png(room / "shown" / name)
        border = next(x for x in range(len(rows)) if rows[x] != rows[0])
        cell = (len(rows[0]) - border) // across
        factor = (cell - border) // SIDE
        for number in (0, 4):
            top, left = border + number // across * cell, border + number % across * cell
            found = bytes(rows[top + factor * y + factor // 2][left + factor * x + factor // 2]
                          for y in range(SIDE) for x in range(SIDE))
            check(found == pixels[number * PIXELS : (number + 1) * PIXELS],
                  f"{name}: image {number} stands in its cell, right way up and not inverted")


def main():
    with tempfile.TemporaryDirectory(prefix="sae-commands-") as name:
        room = pathlib.Path(name)
        (room / "images").write_bytes(idx())
        (room / "unseen").write_bytes(struct.pack(">4I", 0x803, 8, SIDE, SIDE) + PIXELS_OF_TEST)
        data = ["--train", room / "images", "--test", room / "unseen"]
        directory = the_run_directory(room, data)
        evaluations(room, data, directory)
        a_model_from_elsewhere(room, data)
        repeated(room, directory)
        ranks_change_nothing(room, data)
        gradient_checks()
        pictures(room, data)


if __name__ == "__main__":
    main()
