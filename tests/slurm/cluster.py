"""A private Slurm for a test, and what tests ask of it. Everything ends with the process that started it."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE.parents[1] / "slurm"
sys.path.append(str(HERE.parent / "e2e"))

from namespaces import network
from processes import check, log_rows, sweep_table, until

SKIPPED = 77
PATIENCE = 400  # seconds, for anything


def skip(text):
    print("skipped: " + text)
    sys.exit(SKIPPED)


def need(*programs):
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [name for name in programs if not shutil.which(name, path=path)]
    if missing:
        skip(f"{', '.join(missing)}: not installed (apt-get install slurm-wlm munge iproute2)")


def wait_until(condition, text, patience=PATIENCE):
    """The first true value of `condition()`."""
    value = until(condition, patience, 0.1)
    if not value:
        check(False, f"{text}: not within {patience} s")
    return value


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


@contextlib.contextmanager
def room():
    """A directory that daemons of any user reach."""
    with tempfile.TemporaryDirectory(prefix="sae-slurm-") as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


def free_ports(count):
    """The first of `count` ports in a row that no process listens on. Each process begins elsewhere: until its daemons are up,
    another Slurm would find the same ports free."""
    begin = os.getpid() % 200 * 50
    for base in (20000 + (begin + step) % 10000 for step in range(0, 10000, 50)):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(base, base + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return base
    check(False, "free ports")


@contextlib.contextmanager
def hosts(count):
    """Network namespaces h1, h2, ... of this machine, or the test is skipped."""
    need("ip", "unshare", "mpirun")
    if os.geteuid() != 0:
        skip("network namespaces need root")
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(network(count))
        except (OSError, subprocess.CalledProcessError) as error:
            skip(f"network namespaces cannot be made here: {error}")
        yield


class Lab:
    """Slurm with nodes n1, n2, ... of two processors each; the environment of jobs is this process's."""

    def __init__(self, directory, nodes):
        need("sbatch", "srun", "slurmctld", "slurmd", "munged", "mpirun")
        self.directory = directory / "lab"
        self.directory.mkdir()
        lab = [str(HERE / "lab")]
        # Ends the lab when this process is gone, however it goes.
        self.watch = subprocess.Popen([*lab, "stop-at-eof", str(self.directory)], stdin=subprocess.PIPE,
                                      start_new_session=True)
        started = subprocess.run([*lab, "start", str(self.directory), str(nodes), "2", str(free_ports(nodes + 1))],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        if started.returncode != 0:
            self.__exit__()  # nothing else does, and without its directory the daemons cannot be found
        check(started.returncode == 0, f"a Slurm of {nodes} nodes" + f": {started.stdout}" * (started.returncode != 0))
        for line in (self.directory / "env").read_text().splitlines():
            os.environ.update(pair.split("=", 1) for pair in line.removeprefix("export ").split())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.watch.stdin.close()
        self.watch.wait(timeout=60)


def client(*words):
    """What comes of a client of Slurm."""
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120)


def command(*words):
    """Standard output of a client of Slurm."""
    done = client(*words)
    if done.returncode != 0:
        check(False, f"{' '.join(map(str, words))}: {done.stderr}")
    return done.stdout


class Job:
    """A job, by its number, or that of the array and the task's."""

    def __init__(self, number):
        self.number = number

    def get(self, key):
        """A field of `scontrol show job`, such as JobState."""
        record = command("scontrol", "show", "job", "-o", self.number)
        return re.search(rf"\b{key}=(\S*)", record)[1]

    def output(self):
        path = pathlib.Path(self.get("StdOut"))
        return path.read_text() if path.exists() else ""

    def wait(self, *states):
        """Waits until the job has ended, which must be in one of these states; what it wrote."""
        under_way = ("PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "REQUEUED", "SIGNALING")
        ended = wait_until(lambda: (state := self.get("JobState")) not in under_way and state,
                           f"the end of job {self.number}")
        if ended not in states:
            print(self.output())
            check(False, f"job {self.number} ended as {ended}, expected {' or '.join(states)}")
        return self.output()


def submit(script, *arguments, options=(), environment=()):
    """sbatch OPTIONS slurm/SCRIPT ARGUMENTS"""
    done = subprocess.run(["sbatch", "--parsable", *options, str(SCRIPTS / script), *map(str, arguments)],
                          capture_output=True, text=True, timeout=60, env={**os.environ, **dict(environment)})
    check(done.returncode == 0, f"sbatch {script}" + (": " + done.stderr if done.returncode else ""))
    return Job(done.stdout.strip())


def iterations(run):
    """How many iterations the log has, while the run continues."""
    return len(log_rows(run)) - 1


def built_with_mpich(program):
    """Whether the program's MPI library is MPICH, whose launcher is another."""
    return "MPICH" in subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60).stdout


def single_rank(program, run, *arguments):
    """Trains on one rank, outside Slurm; the SHA-256 of the parameters."""
    done = subprocess.run(["nice", program, "train", "--output", str(run), *map(str, arguments)], capture_output=True,
                          text=True, timeout=PATIENCE)
    check(done.returncode == 0, "the run on a single rank" + (": " + done.stderr if done.returncode else ""))
    return sha256(done.stdout)


def sha256(output):
    """Of the parameters, from the last lines of `train`."""
    found = re.findall(r"sha256 of the parameters: ([0-9a-f]{64})", output)
    check(len(found) == 1, "one SHA-256 of the parameters is printed")
    return found[0]
