"""Runs SciPy's side (reference_objective.py) as a process of its own, with the BLAS of one's choice."""
import glob
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(__file__).with_name("reference_objective.py")
HINT = ("no OpenBLAS with threads was found, so SciPy would not be a fair opponent: "
        "apt-get install libopenblas0-pthread, or name a directory with a libblas.so.3 by --blas-dir")


def add_arguments(parser):
    """The options of every script that compares with SciPy."""
    parser.add_argument("--python", default=sys.executable, metavar="PROGRAM",
                        help="a Python with NumPy and SciPy (default: %(default)s)")
    parser.add_argument("--blas-dir", metavar="DIR", help="directory with the libblas.so.3 that NumPy shall use "
                        "(default: Debian's libopenblas0-pthread)")
    parser.add_argument("--blas-threads", type=int, default=2, metavar="N", help="its threads (default: %(default)s)")
    parser.add_argument("--blas-kernels", metavar="NAME", help="OPENBLAS_CORETYPE for it, such as SkylakeX "
                        "(default: what OpenBLAS makes of the processor)")


class Opponent:
    """SciPy's L-BFGS-B on the objective in NumPy."""

    def __init__(self, arguments):
        self.python = arguments.python
        if subprocess.run([self.python, "-c", "import numpy, scipy"], stderr=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"{self.python} has no NumPy and SciPy: apt-get install python3-numpy python3-scipy, or name a Python "
                     "that has them by --python")
        found = [arguments.blas_dir] if arguments.blas_dir else glob.glob("/usr/lib/*/openblas-pthread")
        if not found:
            sys.exit(HINT)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
        self.environment.update(LD_LIBRARY_PATH=found[0], OPENBLAS_NUM_THREADS=str(arguments.blas_threads),
                                OMP_NUM_THREADS=str(arguments.blas_threads))
        if arguments.blas_kernels:
            self.environment["OPENBLAS_CORETYPE"] = arguments.blas_kernels

    def minimise(self, setting, data, seed, iterations, history):
        """The process's JSON object, with `wall_seconds` of the whole process."""
        command = [self.python, PROGRAM, "--data", data, "--hidden", setting.hidden, "--images", setting.images,
                   "--lambda", setting.weight_decay, "--rho", setting.rho, "--beta", setting.beta,
                   "--iterations", iterations, "--history", history, "--seed", seed]
        start = time.monotonic()
        process = subprocess.run([str(word) for word in command], env=self.environment, check=True,
                                 stdout=subprocess.PIPE, text=True)
        return {**json.loads(process.stdout), "wall_seconds": time.monotonic() - start}


def describe(result):
    """One line about who the opponent was."""
    blas = result["blas"]
    return (f"SciPy {result['scipy']}, NumPy {result['numpy']}, {blas['library']}, kernels {blas['kernels']}, "
            f"{blas['threads']} threads")
