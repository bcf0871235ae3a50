#!/usr/bin/env python3
"""features.py MPIRUN ... PROGRAM (the launcher's words up to the number of ranks): what encode and reconstruct write is
what NumPy computes from the same model and images, and the same bytes on any number of ranks and threads; info tells
what NumPy and the standard library find in a model and in a checkpoint, and finds a damaged one."""
import gzip
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: NumPy is not installed")
    sys.exit(77)

from bad_input_files import flip, idx, tensor_file
from processes import check

MPIRUN, PROGRAM = sys.argv[1:-1], sys.argv[-1]
LONGEST = 120  # seconds
ROWS, COLUMNS, HIDDEN = 9, 7, 37
COUNT = 60001  # several rounds on one rank, one on three
CLOSE = 1e-13


def run(ranks, *arguments, status=0):
    """(standard output, standard error) of a run with this exit status."""
    command = [*MPIRUN, str(ranks), PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, stdin=subprocess.DEVNULL)
    if done.returncode != status:
        print(done.stdout, done.stderr)
        check(False, f"{arguments}: exit status {done.returncode}, expected {status}")
    return done.stdout, done.stderr


def logistic(z):
    return 1 / (1 + np.exp(-z))


class Network:
    """A model with weights that drive the units through their whole range, and what it makes of images."""

    def __init__(self, pixels, hidden, outputs):
        random = np.random.default_rng(5)
        self.w1, self.w2 = random.normal(0, 2, (hidden, pixels)), random.normal(0, 2, (outputs, hidden))
        self.b1, self.b2 = random.normal(0, 2, hidden), random.normal(0, 2, outputs)

    def write(self, path):
        named = {"W1": self.w1, "W2": self.w2, "b1": self.b1, "b2": self.b2}
        tensors = {name: ("F64", list(array.shape), array.tobytes()) for name, array in named.items()}
        path.write_bytes(tensor_file(tensors, {"lambda": "0.003", "rho": "0.1", "beta": "3", "iterations": "12"}))

    def sha256(self):
        return hashlib.sha256(b"".join(a.tobytes() for a in (self.w1, self.w2, self.b1, self.b2))).hexdigest()

    def encode(self, images):
        return logistic(images.reshape(len(images), -1) / 255.0 @ self.w1.T + self.b1)

    def reconstruct(self, images):
        return logistic(self.encode(images) @ self.w2.T + self.b2)


def write_images(path, count, rows=ROWS, columns=COLUMNS, seed=1):
    images = np.random.default_rng(seed).integers(0, 256, (count, rows, columns), dtype=np.uint8)
    contents = idx(count, rows, columns, pixels=images.tobytes())
    path.write_bytes(gzip.compress(contents, 1) if path.suffix == ".gz" else contents)
    return images


def compare(path, expected, text):
    found = np.load(path)
    fits = found.dtype == np.float64 and found.shape == expected.shape and found.flags.c_contiguous
    check(fits, f"{text}: {found.dtype} {found.shape}")
    difference = np.max(np.abs(found - expected))
    check(difference < CLOSE, f"{text}: NumPy's own forward pass is {difference:.1e} away")


def large_files(home):
    """Both commands on files, raw and packed; every place and time of computing gives the same bytes."""
    network = Network(ROWS * COLUMNS, HIDDEN, ROWS * COLUMNS)
    network.write(home / "model")
    train = write_images(home / "train.idx", COUNT)
    test = write_images(home / "test.idx.gz", 301, seed=2)
    source = ["--model", home / "model", "--train", home / "train.idx", "--test", home / "test.idx.gz"]
    out, _ = run(1, "encode", *source, "--output", home / "a.npy", "--test-output", home / "b.npy", "--threads", 2)
    check(f"a.npy: [{COUNT}, {HIDDEN}] of IDX file {home / 'train.idx'}:" in out, "encode says what it has written")
    compare(home / "a.npy", network.encode(train), "training images encoded")
    compare(home / "b.npy", network.encode(test), "test images encoded")
    run(3, "encode", *source, "--output", home / "a3.npy", "--test-output", home / "b3.npy", "--threads", 1)
    for name in "ab":
        check((home / f"{name}.npy").read_bytes() == (home / f"{name}3.npy").read_bytes(),
              f"{name}.npy: the same bytes on 1 rank with 2 threads and on 3 ranks")

    packed = home / "packed.gz"
    packed.write_bytes(gzip.compress((home / "train.idx").read_bytes(), 1))
    run(3, "encode", "--model", home / "model", "--images", packed, "--train-count", 30001, "--output", home / "p.npy")
    compare(home / "p.npy", network.encode(train[:30001]), "the first images of a packed file encoded on 3 ranks")

    run(1, "reconstruct", *source, "--output", home / "r.npy", "--test-output", home / "s.npy")
    compare(home / "r.npy", network.reconstruct(train), "training images reconstructed")
    compare(home / "s.npy", network.reconstruct(test), "test images reconstructed")
    run(3, "reconstruct", *source, "--output", home / "r3.npy", "--test-output", home / "s3.npy")
    for name in ("r", "s"):
        for suffix in (".npy", ".png"):
            check((home / (name + suffix)).read_bytes() == (home / f"{name}3{suffix}").read_bytes(),
                  f"{name}{suffix}: the same bytes on 1 and on 3 ranks")
    left = sorted(path.name for path in home.iterdir() if path.name.startswith("."))
    check(not left, f"no temporary file is left: {left}")


def broken_file(home):
    """Images whose last bytes are found wrong when all rows but the last are made already."""
    broken = home / "broken.gz"
    broken.write_bytes(flip((home / "packed.gz").read_bytes(), -6))
    for ranks in (1, 3):
        arguments = ["--model", home / "model", "--images", broken, "--output", home / "broken.npy"]
        _, err = run(ranks, "encode", *arguments, status=1)
        check(err.count("sae-mpi: ") == 1 and f"cannot read {broken}" in err, f"broken images on {ranks}: one message")
        check(not (home / "broken.npy").exists() and not list(home.glob(".*")), "and no file, whole or half")


def narrow_network(home):
    """A network that gives something else than images encodes, but does not reconstruct."""
    network = Network(ROWS * COLUMNS, HIDDEN, 10)
    network.write(home / "classifier")
    images = write_images(home / "few.idx", 5)
    run(2, "encode", "--model", home / "classifier", "--images", home / "few.idx", "--output", home / "few.npy")
    compare(home / "few.npy", network.encode(images), "five images on 2 ranks by a network with 10 outputs")
    _, err = run(2, "reconstruct", "--model", home / "classifier", "--images", home / "few.idx", status=1)
    check("gives 10, but the images have 63" in err, "such a network cannot reconstruct")


def trained_model(home):
    """A training's model on built-in digits, which info describes as train did."""
    out, _ = run(2, "train", "--hidden", 6, "--train-count", 70, "--test-count", 20, "--max-iterations", 6,
                 "--checkpoint-every", 2, "--output", home / "run", "--quiet", "--threads", 1)
    printed = re.search(r"sha256 of the parameters: ([0-9a-f]{64})", out).group(1)
    model = home / "run" / "model.safetensors"
    told = json.loads(run(1, "info", "--file", model, "--json")[0])
    check(told["network"] == {"inputs": 784, "hidden": 6, "outputs": 784}, "info knows the network's shape")
    check(told["parameters_sha256"] == printed, "info has the hash that train printed")
    check((told["kind"], told["iteration"], told["checksum"]) == ("model", 6, "none"), "info: a model, iteration 6")
    check(told["hyperparameters"] == {"lambda": 0.003, "rho": 0.1, "beta": 3}, "info has the hyperparameters")
    run(2, "encode", "--model", model, "--output", home / "digits.npy", "--test-output", home / "digits-test.npy",
        "--train-count", 70, "--test-count", 20)
    features = np.load(home / "digits.npy")
    shapes = (features.shape, np.load(home / "digits-test.npy").shape)
    check(shapes == ((70, 6), (20, 6)), "both sets of digits encoded")
    evaluated = json.loads(run(1, "evaluate", "--model", model)[0])["mean_activation"]
    means = features.mean(axis=0)
    for name, value in (("minimum", means.min()), ("mean", means.mean()), ("maximum", means.max())):
        check(abs(evaluated[name] - value) < CLOSE, f"{name} of the mean activations is what evaluate says")


def model_told(home):
    told = json.loads(run(2, "info", "--file", home / "model", "--json")[0])
    network = Network(ROWS * COLUMNS, HIDDEN, ROWS * COLUMNS)
    check(told["parameters_sha256"] == network.sha256(), "info: the hash of a model's parameters")
    check(told["parameters"] == 2 * 63 * 37 + 37 + 63, "their number")
    check(told["bytes"] == os.path.getsize(home / "model"), "the size of the file")
    text, _ = run(1, "info", "--file", home / "model")
    for part in ("kind: model", "hidden: 37", "rho: 0.1", network.sha256(), '"W2": F64 [63, 37]', "checksum: none"):
        check(part in text, f"info's text has {part}")


def header_of(contents):
    (length,) = struct.unpack_from("<Q", contents)
    return json.loads(contents[8:8 + length]), contents[8 + length:]


def checkpoint_told(home):
    path = sorted((home / "run").glob("checkpoint-*.safetensors"))[-1]
    contents = path.read_bytes()
    header, data = header_of(contents)
    told = json.loads(run(1, "info", "--file", path, "--json")[0])
    theta = data[slice(*header["theta"]["data_offsets"])]
    check(told["kind"] == "checkpoint" and told["checksum"] == "right", "info: a checkpoint whose checksum is right")
    check(told["parameters_sha256"] == hashlib.sha256(theta).hexdigest(), "the hash of a checkpoint's parameters")
    metadata = header["__metadata__"]
    check(told["iteration"] == int(metadata["iteration"]) and told["cost"] == float(metadata["cost"]),
          f"its iteration {told['iteration']} and cost {told['cost']}")
    check(told["network"] == {"inputs": 784, "hidden": 6, "outputs": 784} and told["metadata"] == metadata,
          "its network and all that it says of itself")

    damaged = home / "damaged"
    damaged.write_bytes(flip(contents, len(contents) // 2))
    out, err = run(2, "info", "--file", damaged, "--json", status=1)
    check(json.loads(out)["checksum"] == "damaged" and err.count("damaged is damaged: its SHA-256 is") == 1,
          "a flipped byte: status 1, a message, and what can still be told")
    # A number of the metadata that is none any more: the damage is what is told.
    at = contents.index(b'"hidden":"6"') + 10
    damaged.write_bytes(contents[:at] + b"x" + contents[at + 1:])
    out, err = run(1, "info", "--file", damaged, status=1)
    check("checksum: damaged" in out and "damaged is damaged" in err and "network" not in out, "damaged metadata")


def main():
    with tempfile.TemporaryDirectory(prefix="sae-features-") as name:
        home = pathlib.Path(name)
        large_files(home)
        broken_file(home)
        narrow_network(home)
        trained_model(home)
        model_told(home)
        checkpoint_told(home)


if __name__ == "__main__":
    main()
