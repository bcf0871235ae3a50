"""What the test of the pages' commands does with each: how it is scaled down, or why it is not run."""
import re
from dataclasses import dataclass

# Added to the commands of sae-mpi that would train or measure for long.
SHORT = {"train": "--max-iterations 2 --overwrite", "sweep": "--max-iterations 1 --overwrite",
         "bench": "--repeat 1 --history 1"}
# `sae-mpi NAME` with nothing else is run where it needs no file and is short; else its --help is.
WITHOUT_OPTIONS = ("check-gradient", "verify", "train", "--version")


@dataclass(frozen=True)
class Instead:
    """Run in place of the command; where the Python that it starts has these modules, where there are files of these
    patterns, and, if it needs Open MPI, with its launcher."""

    text: str
    modules: tuple = ()
    files: tuple = ()
    open_mpi: bool = False


@dataclass(frozen=True)
class NotRun:
    reason: str


BY_SLURM = NotRun("on a private Slurm: the test slurm_page_jobs")
BUILDS = NotRun("a build from scratch: it is what every start of the tests begins with")
SPACK = NotRun("it needs spack: the test spack_package has the package's file")
SETTING = NotRun("no command, but a line of a file: the test slurm_hosts needs it to end in time")
INSTALLS = NotRun("it installs packages of the system")
CLUSTER = NotRun("it needs many cores, and options in place of the dots")

# For commands that are neither sae-mpi's own with a short form, nor on a page that has a test of its own.
RULES = {
    "scripts/demo": NotRun("a build from scratch; its training is in the test verify"),
    "scripts/test": NotRun("it runs this test"),
    'numpy.save("images.npy", (255 * a).round().astype("uint8"))': Instead(
        "python3 -c 'import numpy; a = numpy.linspace(0, 1, 4704).reshape(6, 28, 28); "
        'numpy.save("images.npy", (255 * a).round().astype("uint8"))\' && '
        "sae-mpi show --train images.npy --first 6 --output pictures", ("numpy",)),
    "sae-mpi COMMAND --help": Instead("sae-mpi sweep --help"),
    "sae-mpi train --config config.ini --output again": Instead(
        "cd demo-run && sae-mpi train --config config.ini --output ../again-there"),
    "sae-mpi info --file FILE": Instead("sae-mpi info --file demo-run/checkpoint-000002.safetensors"),
    "tests/bench/learns.py --data mnist": Instead(
        "tests/bench/learns.py --data mnist --sae-mpi sae-mpi --iterations 1 --classifier-iterations 1",
        ("numpy", "sklearn")),
    "tests/bench/compare_speed.py --data mnist --blas-kernels SkylakeX": Instead(
        "tests/bench/compare_speed.py --data mnist --sae-mpi sae-mpi --only ufldl --repeat 1 --iterations 1 "
        "--opponents scipy --blas-threads 1", ("numpy", "scipy"), ("/usr/lib/*/openblas-pthread/libblas.so.3",)),
    "SAE_KERNELS=avx2 tests/bench/compare_speed.py --data mnist --blas-kernels Haswell": Instead(
        "tests/bench/compare_speed.py --data mnist --sae-mpi sae-mpi --only ufldl --repeat 1 --iterations 1 "
        "--opponents scipy --blas-threads 1 --blas-kernels Haswell", ("numpy", "scipy"),
        ("/usr/lib/*/openblas-pthread/libblas.so.3",)),
    "tests/bench/hyperparameters.py --data mnist": Instead(
        "tests/bench/hyperparameters.py --data mnist --sae-mpi sae-mpi --images 60 --iterations 1", ("numpy",)),
    "tests/bench/scaling.py --data mnist": Instead(
        "tests/bench/scaling.py --data mnist --sae-mpi sae-mpi --train-count 300 --repeat 1 --evaluations 1"),
    "tests/bench/odd_sizes PROGRAM": NotRun("minutes with the scalar kernels: scripts/platforms runs it"),
    "tests/bench/compare_costs.py --data mnist": NotRun("it trains for many minutes"),
    "tests/bench/compare_costs.py --data mnist --starts 60": NotRun("it trains for many minutes"),
    "tests/bench/optimiser_variants.py --data mnist --starts 60": NotRun("it trains for many minutes"),
    "tests/bench/memory.py --data mnist --ranks 1 8 --threads 1 8 --iterations 2 --other OTHER-SAE-MPI": NotRun(
        "it needs another version of the program"),
    "tests/bench/memory.py --data mnist": NotRun("it trains on all 60,000 images of MNIST"),
    "tests/bench/mnist_hashes.py --data mnist": NotRun("the test mnist_hashes, where MNIST is"),
    "tests/bench/mnist_hashes.py --data mnist --print": NotRun("the test mnist_hashes, where MNIST is"),
    "slurm/train-hosts.sh hosts --data ~/mnist --hidden 250 --output mnist-250": Instead(
        "sed -i 's/^alpha .*/localhost slots=2/; /^beta/d' hosts && "
        "slurm/train-hosts.sh hosts --data ~/mnist --hidden 250 --output mnist-250 --max-iterations 2", open_mpi=True),
    "mpirun --hostfile hosts sae-mpi train --resume ...": Instead(
        "mpirun --hostfile hosts sae-mpi train --resume --data ~/mnist --hidden 250 --output mnist-250 "
        "--max-iterations 4", open_mpi=True),
    "tests/bench/messages.py --nodes 2 4 --ranks 1 2 4": NotRun("it needs root and network namespaces"),
    "mpirun --map-by numa:PE=24 --bind-to core sae-mpi train ...": CLUSTER,
    "srun --ntasks-per-node=8 --cpus-per-task=24 sae-mpi train ...": CLUSTER,
    "apt-get install ./sae-mpi_2.0.0_amd64.deb": INSTALLS,
    "cmake --install build/release --prefix DIR": NotRun("the test install"),
    "man sae-mpi": NotRun("the test manual"),
    "man sae-mpi-train": NotRun("the test manual"),
    "ctest -L slurm": NotRun("these tests are run next to this one"),
    "cmake --build --preset release --target bench": NotRun("it needs Google's benchmark library, and takes minutes"),
    "module load gcc openmpi cmake eigen boost nlohmann_json zlib openssl": NotRun("a cluster's own"),
    "tail -F sae-train-*.out": NotRun("it does not end"),
    "export PATH=$PWD/build/release/src/app:$PATH": NotRun("here the program may be in another folder"),
    "oob_tcp_keepalive_time = 15": SETTING,
    "oob_tcp_keepalive_intvl = 5": SETTING,
    "oob_tcp_keepalive_probes = 3": SETTING,
}
# The same for kinds of commands: the first that is found in the text.
KINDS = (
    (r"\bsbatch ", BY_SLURM),
    (r"^spack ", SPACK),
    (r"^git clone ", NotRun("it needs the network")),
    (r"^cmake -B |^cmake --build build", BUILDS),
    (r"^tests/bench/simulate/run\.py ", NotRun("it needs SimGrid")),
)
OWN_TESTS = {"docs/patches.md": NotRun("the test patches_page runs all commands of this page")}
OWN = re.compile(r"(?:mpirun -n \d+ )?sae-mpi (?P<name>\S+)(?P<rest>.*)")


def rule(command):
    """What to do with a command: Instead, NotRun, or None if nothing is known of it."""
    if command.page in OWN_TESTS:
        return OWN_TESTS[command.page]
    if command.text in RULES:
        return RULES[command.text]
    for pattern, found in KINDS:
        if re.search(pattern, command.text):
            return found
    own = OWN.fullmatch(command.text)
    if own:
        return own_rule(command.text, own["name"], own["rest"])
    if command.text.startswith(("tests/bench/scaling_model.py ", "printf ")):
        return Instead(command.text)
    return None


def own_rule(text, name, rest):
    if not rest and name not in WITHOUT_OPTIONS:
        return Instead(f"{text} --help")
    if "--list" in rest or name not in SHORT:
        return Instead(text)
    return Instead(f"{text} {SHORT[name]}")
