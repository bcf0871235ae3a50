"""Runs an opponent's program as a separate process, with a chosen BLAS."""
import glob
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HINT = ("no OpenBLAS with threads was found, so that the opponents would be slower than they can be: "
        "apt-get install libopenblas0-pthread, or name a directory with a libblas.so.3 by --blas-dir")


@dataclass(frozen=True)
class Kind:
    """Which opponents there are: their program, the modules that it imports, and what they compute in."""

    title: str
    program: str
    modules: tuple
    packages: str
    precisions: tuple


KINDS = {
    "scipy": Kind("SciPy", "reference_objective.py", ("numpy", "scipy"), "python3-numpy python3-scipy", ("double",)),
    "torch": Kind("PyTorch", "torch_objective.py", ("numpy", "torch"), "python3-numpy python3-torch",
                  ("double", "single")),
}


def add_arguments(parser):
    """The options of every script that compares with an opponent."""
    parser.add_argument("--python", default=sys.executable, metavar="PROGRAM",
                        help="a Python with the opponents' packages (default: %(default)s)")
    parser.add_argument("--blas-dir", metavar="DIR", help="directory with the libblas.so.3 that they shall use "
                        "(default: Debian's libopenblas0-pthread)")
    parser.add_argument("--blas-threads", type=int, default=2, metavar="N", help="its threads (default: %(default)s)")
    parser.add_argument("--blas-kernels", metavar="NAME", help="OPENBLAS_CORETYPE for it, such as SkylakeX "
                        "(default: what OpenBLAS makes of the processor)")


def missing(kind, python):
    """Why an opponent cannot run, or None."""
    if subprocess.run([python, "-c", f"import {', '.join(kind.modules)}"], stderr=subprocess.DEVNULL).returncode == 0:
        return None
    return (f"{python} lacks {' or '.join(kind.modules)}: apt-get install {kind.packages}, or name a Python that has "
            "them by --python")


def choose(names, arguments):
    """The opponents of these names that can run, in this order; a message for each other one. At least one."""
    found = {}
    for name in names:
        reason = missing(KINDS[name], arguments.python)
        if reason is None:
            found[name] = Opponent(arguments, name)
        else:
            print(f"without {KINDS[name].title}: {reason}", file=sys.stderr)
    if not found:
        sys.exit("there is no opponent to compare with")
    return found


class Opponent:
    """One library's L-BFGS on the objective."""

    def __init__(self, arguments, name="scipy"):
        self.kind, self.python, self.threads = KINDS[name], arguments.python, arguments.blas_threads
        reason = missing(self.kind, self.python)
        if reason is not None:
            sys.exit(reason)
        found = [arguments.blas_dir] if arguments.blas_dir else glob.glob("/usr/lib/*/openblas-pthread")
        if not found:
            sys.exit(HINT)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
        self.environment.update(LD_LIBRARY_PATH=found[0], OPENBLAS_NUM_THREADS=str(self.threads),
                                OMP_NUM_THREADS=str(self.threads))
        if arguments.blas_kernels:
            self.environment["OPENBLAS_CORETYPE"] = arguments.blas_kernels

    def minimise(self, setting, data, seed, iterations, history, precision="double"):
        """The process's JSON object, with `wall_seconds` of the whole process. It starts from the weights from which
        `train --seed` starts."""
        program = Path(__file__).with_name(self.kind.program)
        command = [self.python, program, "--data", data, "--hidden", setting.hidden, "--images", setting.images,
                   "--lambda", setting.weight_decay, "--rho", setting.rho, "--beta", setting.beta,
                   "--iterations", iterations, "--history", history, "--seed", seed, "--precision", precision,
                   "--threads", self.threads]
        begin = time.monotonic()
        process = subprocess.run([str(word) for word in command], env=self.environment, check=True,
                                 stdout=subprocess.PIPE, text=True)
        return {**json.loads(process.stdout), "wall_seconds": time.monotonic() - begin}


def describe(result):
    """One line about who the opponent was."""
    blas = result["blas"]
    return f"{result['versions']}, {blas['library']}, kernels {blas['kernels']}, {blas['threads']} threads"
