"""What all opponents share: their options, images, starting point, and the record of a minimisation."""
import argparse
import ctypes
import json
import re
import time

import numpy as np

import idx
from study import HISTORY, ITERATIONS, Setting

class Trace:
    """Seconds and cost of each evaluation since the start."""

    def __init__(self):
        self.begin = time.perf_counter()
        self.rows = []

    def add(self, cost):
        self.rows.append((time.perf_counter() - self.begin, float(cost)))
        return cost

    def result(self, iterations, cost):
        """The record of a minimisation that ends now."""
        return {"cost": float(cost), "iterations": int(iterations), "evaluations": len(self.rows),
                "seconds": time.perf_counter() - self.begin, "trace": self.rows}


def parse(description):
    """The options of an opponent's program."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, metavar="DIR", help="directory with MNIST's files")
    parser.add_argument("--hidden", type=int, default=196)
    parser.add_argument("--images", type=int, default=10000)
    parser.add_argument("--lambda", type=float, default=3e-3, dest="weight_decay")
    parser.add_argument("--rho", type=float, default=0.1)
    parser.add_argument("--beta", type=float, default=3.0)
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    parser.add_argument("--history", type=int, default=HISTORY)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=("double", "single"), default="double")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def read_images(arguments):
    """[m, v], from 0 to 1."""
    images = idx.read(idx.find(arguments.data, "train-images-idx3-ubyte"), arguments.images)
    return images.reshape(len(images), -1) / 255


def read_setting(arguments, images):
    return Setting(arguments.hidden, len(images), arguments.beta, arguments.rho, arguments.weight_decay)


def starting_point(inputs, hidden, seed):
    """theta = [W1 (h x v), W2 (v x h), b1, b2] as `sae-mpi train --seed` starts: W ~ U(-r, r), r = sqrt(6 /
    (fan_in + fan_out + 1)); biases 0."""
    r = np.sqrt(6 / (inputs + hidden + 1))
    weights = r * (2 * uniform(seed, 2 * inputs * hidden) - 1)
    return np.concatenate([weights, np.zeros(hidden + inputs)])


def uniform(seed, count):
    """`count` numbers in [0, 1) from Philox4x32-10 (Salmon et al., 2011): one block a number, the counter its
    index, the key the seed."""
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    zeros = np.zeros(count, np.uint64)
    c = [np.arange(count, dtype=np.uint64), zeros, zeros, zeros]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        products = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(products[1] >> half) ^ c[1] ^ np.uint64(key[0]), products[1] & low,
             (products[0] >> half) ^ c[3] ^ np.uint64(key[1]), products[0] & low]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return ((c[0] << half | c[1]) >> np.uint64(11)) * 2.0**-53


def loaded_blas():
    """The BLAS that this process has loaded; of OpenBLAS also its kernels and threads, as it reports them."""
    with open("/proc/self/maps") as maps:
        paths = sorted(set(re.findall(r"/\S*(?:blas|blis|mkl_rt|atlas)\S*\.so\S*", maps.read())))
    for path in paths:
        if "openblas" in path:
            library = ctypes.CDLL(path)
            if not hasattr(library, "openblas_get_corename"):
                continue
            library.openblas_get_corename.restype = ctypes.c_char_p
            return {"library": path, "kernels": library.openblas_get_corename().decode(),
                    "threads": library.openblas_get_num_threads()}
    return {"library": ", ".join(paths) or "none", "kernels": "unknown", "threads": "unknown"}
