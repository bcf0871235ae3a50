"""Runs sae-mpi under mpirun and reads what it wrote. Standard library only."""
import argparse
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HASH = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass
class Run:
    """A finished training."""

    seconds: float  # wall time of the whole command
    output: str  # what it printed
    directory: Path  # its run directory

    @property
    def log(self):
        """log.jsonl, one dictionary an iteration; numbers that are not whole as they are written."""
        lines = (self.directory / "log.jsonl").read_text().splitlines()
        return [json.loads(line, parse_float=str) for line in lines]

    @property
    def cost(self):
        return float(self.log[-1]["cost"])

    @property
    def training_seconds(self):
        """The time in the optimiser: what the iterations took."""
        return sum(float(row["seconds"]) for row in self.log)

    @property
    def parameters_hash(self):
        """The SHA-256 of the parameters, as `train` printed it."""
        found = set(HASH.findall(self.output))
        if len(found) != 1:
            sys.exit(f"train must print one SHA-256, found {sorted(found)} in:\n{self.output}")
        return found.pop()

    @property
    def file_hash(self):
        """The SHA-256 of the bytes of the model file."""
        return hashlib.sha256((self.directory / "model.safetensors").read_bytes()).hexdigest()


def make_parser(description, data=False, layout=False):
    """The options that scripts which start sae-mpi have in common; with `data` that of MNIST's directory, with
    `layout` those of the ranks and threads of each start."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    if data:
        parser.add_argument("--data", required=True, metavar="DIR", help="directory with MNIST's files")
    if layout:
        parser.add_argument("--ranks", type=int, default=2, metavar="N", help="default: %(default)s")
        parser.add_argument("--threads", type=int, default=1, metavar="N", help="of each rank (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the result here too")
    parser.add_argument("--sae-mpi", default=str(ROOT / "build/release/src/app/sae-mpi"), metavar="PROGRAM",
                        help="the program (default: %(default)s)")
    parser.add_argument("--mpirun", default="mpirun", metavar="PROGRAM", help="the launcher (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS",
                        help="a run that takes longer is a failure (default: %(default)s)")
    return parser


def cores():
    """The processor cores that this process may use, as mpirun counts them: hardware threads of one core are one."""
    shared = Path("/sys/devices/system/cpu")
    files = [shared / f"cpu{number}/topology/thread_siblings_list" for number in os.sched_getaffinity(0)]
    return len({file.read_text() if file.exists() else str(file) for file in files})


class Launcher:
    """Starts sae-mpi on a number of ranks."""

    def __init__(self, arguments):
        self.program = arguments.sae_mpi
        self.mpirun = arguments.mpirun
        self.timeout = arguments.timeout
        if not os.access(self.program, os.X_OK):
            sys.exit(f"{self.program} is not a program: build it first or name it with --sae-mpi")
        version = subprocess.run([self.mpirun, "--version"], capture_output=True, text=True, timeout=60).stdout
        self.open_mpi = "Open MPI" in version or "OpenRTE" in version
        self.cores = cores()

    def placement(self, ranks, threads):
        """Each thread its own core if there are enough, else none is bound."""
        if not self.open_mpi:
            return []
        if ranks * threads <= self.cores:
            return ["--map-by", f"slot:PE={threads}", "--bind-to", "core"]
        return ["--oversubscribe", "--bind-to", "none"]

    def environment(self, ranks, threads):
        """Lets Open MPI run as root and where a container forbids ranks to read each other's memory."""
        environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        environment.setdefault("OMPI_MCA_btl_vader_single_copy_mechanism", "none")
        if ranks * threads > self.cores:
            environment.update(OMPI_MCA_mpi_yield_when_idle="1", OMP_WAIT_POLICY="passive")
        return environment

    def run(self, arguments, ranks=1, threads=1, mpi_options=(), prefix=()):
        """Runs `sae-mpi arguments`, each rank's command behind `prefix`. Returns (seconds, output); ends the
        script, with the output, if it fails or takes too long."""
        command = [self.mpirun, "-n", str(ranks), *self.placement(ranks, threads), *mpi_options, *prefix,
                   self.program, *map(str, arguments)]
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=self.environment(ranks, threads), start_new_session=True) as process:
            try:
                output, _ = process.communicate(timeout=self.timeout)
            except BaseException as error:
                os.killpg(process.pid, signal.SIGKILL)
                if not isinstance(error, subprocess.TimeoutExpired):
                    raise
                sys.exit(f"no end after {self.timeout} s: {' '.join(command)}")
        seconds = time.monotonic() - start
        if process.returncode != 0:
            sys.exit(f"exit status {process.returncode}: {' '.join(command)}\n{output}")
        return seconds, output

    def train(self, options, directory, ranks=1, threads=1, mpi_options=(), prefix=()):
        """`sae-mpi train options`, with the run directory replaced."""
        arguments = ["train", *options, "--threads", threads, "--output", directory, "--overwrite", "--quiet"]
        seconds, output = self.run(arguments, ranks, threads, mpi_options, prefix)
        return Run(seconds, output, Path(directory))


def train_options(setting, data, seed, iterations, history, precision="double"):
    """A setting of the study as options of `train` that make it do all iterations."""
    return ["--data", data, "--train-count", setting.images, "--hidden", setting.hidden,
            "--lambda", setting.weight_decay, "--rho", setting.rho, "--beta", setting.beta,
            "--max-iterations", iterations, "--history", history, "--gradient-tolerance", 0, "--cost-tolerance", 0,
            "--seed", seed, "--precision", precision]
