"""mpirun and its ranks as processes: to watch them, signal them and wait for their end; and what they say and write.
Linux, standard library."""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

LONGEST = 120  # seconds


def check(holds, text, more=""):
    """Prints what was to hold and, where it does not, `more`; ends the test then."""
    print(("ok      " if holds else "FAILED  ") + text + (f"\n{more}" if not holds else ""), flush=True)
    if not holds:
        sys.exit(1)


OPEN_MPI, MPICH = "Open MPI", "MPICH"


def launcher_of(mpirun):
    """Whose launcher it is that these words start: Open MPI's or that of MPICH, Hydra."""
    version = subprocess.run([mpirun[0], "--version"], capture_output=True, text=True, timeout=60).stdout
    return MPICH if "HYDRA" in version else OPEN_MPI


def failed_alone(mpirun):
    """The exit statuses of a job of which one rank has failed, with 1. MPICH's launcher now and then returns the 9 of the
    ranks that it kills then, or 0."""
    return (0, 1, 9) if launcher_of(mpirun) == MPICH else (1,)


def own_words(err):
    """The messages of the program's own in the standard error. MPI libraries print there too: whole lines, and halves of
    lines that ours are appended to."""
    return re.findall(r"sae-mpi: .*", err)


# What MPICH's launcher prints on the standard output, of ranks that were killed and of signals.
OF_MPICH = re.compile(r"^\n?=+\n=   BAD TERMINATION .*?\n=+\n|^YOUR APPLICATION TERMINATED .*\n|^This typically refers .*\n|"
                      r"^Please see the FAQ .*\n|^\[(?:mpiexec|proxy)\b.*\n|^Press Ctrl-C again .*\n",
                      flags=re.DOTALL | re.MULTILINE)


def own_output(out):
    """The program's own standard output."""
    return OF_MPICH.sub("", out)


def says_killed(text):
    """How many messages say that a rank was killed by SIGKILL, in the words of a launcher; Open MPI 5's are broken into
    lines."""
    return len(re.findall(r"exited\s+on\s+signal\s+9\s+\(Killed\)|EXIT STRING: Killed \(signal 9\)", text))


def log_rows(directory):
    """The rows of log.jsonl without their times; a torn last line is left out, anything else odd is a failure."""
    log = directory / "log.jsonl"
    rows = [json.loads(line, parse_float=str) for line in log.read_text().split("\n")[:-1]] if log.exists() else []
    for row in rows:
        del row["seconds"]
    return rows


def sweep_table(directory):
    """The rows of sweep.json without what is no part of the contract, each with its model's bytes."""
    rows = json.loads((directory / "sweep.json").read_text())["settings"]
    for row in rows:
        del row["seconds"]
        row["model"] = (directory / row["name"] / "model.safetensors").read_bytes()
    return rows


def newest_checkpoint(directory):
    """The iteration of the newest checkpoint; -1 if there is none."""
    return max((int(path.stem.split("-")[1]) for path in directory.glob("checkpoint-*.safetensors")), default=-1)


def state_of(pid):
    """The letter of a process's state, as R, S or T (stopped); None if it does not live, or is only not waited for."""
    with contextlib.suppress(OSError, IndexError):
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return None if state in "ZX" else state
    return None


def in_mask(pid, mask, number):
    """Whether a signal is in a mask of /proc/PID/status: SigCgt, those that a handler catches, or ShdPnd, those that
    are still to be delivered."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(mask + ":"):
                return int(line.split()[1], 16) >> (number - 1) & 1 == 1
    return False


def rank_of(pid):
    """The rank of a process that mpirun has started; None before it is one."""
    with contextlib.suppress(OSError, ValueError):
        for entry in pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if entry.startswith((b"OMPI_COMM_WORLD_RANK=", b"PMI_RANK=")):
                return int(entry.split(b"=")[1])
    return None


def with_settings(settings, words):
    """The words that start a program with the environment variables settings[rank], {name: value}. mpirun of Open MPI
    5.0.7 crashes on several programs with ":" between them."""
    cases = "".join(f"{rank}) {' '.join(['export', *(f'{name}={value}' for name, value in some.items())]) if some else ''}"
                    ";; " for rank, some in enumerate(settings))
    script = f'case ${{OMPI_COMM_WORLD_RANK:-$PMI_RANK}} in {cases}*) exit 99;; esac; exec "$@"'
    return ["sh", "-c", script, "sh", *words]


def children_of(pid):
    """The processes that were started by any thread of a process."""
    found = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text().split())
    return found


def until(condition, longest=LONGEST, pause=0.0005):
    """The first true value of condition(), or the last false one after `longest` seconds."""
    deadline = time.monotonic() + longest
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return value


class Undisturbed:
    """The result of an undisturbed training, on one rank, after any number of iterations."""

    def __init__(self, launch, program, arguments, room):
        self.launch, self.program, self.arguments, self.room = launch, program, arguments, room

    def __call__(self, iterations):
        """(rows of the log, bytes of the model)"""
        directory = self.room / f"undisturbed-{iterations}"
        if not directory.exists():
            arguments = [*self.arguments, "--max-iterations", iterations, "--output", directory]
            status, _, err = Job(self.launch, 1, self.program, arguments).finish()
            check(status == 0, f"{iterations} iterations that nobody disturbs", err)
        return log_rows(directory), (directory / "model.safetensors").read_bytes()


class Job:
    """`mpirun ... RANKS PROGRAM arguments`, in a new session."""

    def __init__(self, launch, ranks, program, arguments):
        self.ranks = ranks
        self.begin = time.monotonic()
        # Files, because nothing reads while it runs, and mpirun waits for ever when a pipe is full.
        self.files = [tempfile.TemporaryFile("w+", errors="replace") for _ in range(2)]
        self.process = subprocess.Popen([*launch, str(ranks), program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        stdout=self.files[0], stderr=self.files[1], start_new_session=True)
        self.seen = {}
        self.left = []  # who had not ended when finish() gave up

    def pids(self):
        """{rank: process id} of the ranks that live: children of Open MPI's mpirun, grandchildren of MPICH's."""
        for child in children_of(self.process.pid):
            for pid in (child, *children_of(child)) if rank_of(child) is None else (child,):
                rank = rank_of(pid)
                if rank is not None:
                    self.seen[rank] = pid
        return {rank: pid for rank, pid in self.seen.items() if state_of(pid)}

    def all_pids(self, longest=30):
        """{rank: process id} once all ranks are there."""
        until(lambda: len(self.pids()) == self.ranks or self.ended(), longest)
        return self.pids()

    def ended(self):
        return self.process.poll() is not None

    def send(self, number, victims):
        """A signal to some ranks, or to mpirun ("mpirun"). False if none of them lives."""
        pids, hit = self.pids(), False
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                if victim == "mpirun" and not self.ended():
                    os.kill(self.process.pid, number)
                    hit = True
                elif victim in pids:
                    os.kill(pids[victim], number)
                    hit = True
        return hit

    def freeze(self, victims):
        """Stops some ranks until SIGCONT or SIGKILL. False if one of them does not live."""
        pids = [self.pids().get(rank) for rank in victims]
        self.send(signal.SIGSTOP, victims)
        return until(lambda: all(state_of(pid) in (None, "T") for pid in pids)) and all(map(state_of, pids))

    def finish(self, longest=LONGEST):
        """(exit status, the program's standard output, all else that was said) once mpirun has ended and no rank is left; the status is
        None if that takes too long, and all are killed then."""
        deadline = time.monotonic() + longest
        status = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(longest)
            if until(lambda: not self.pids(), deadline - time.monotonic(), 0.01):
                status = self.process.returncode
        more = ""
        if status is None:
            self.left = [f"rank {rank}" for rank in self.pids()] + ([] if self.ended() else ["mpirun"])
            self.kill()
            self.process.wait()
            more = f"(still there after {longest:.0f} s: {', '.join(self.left)})\n"
        out, err = self.said()
        return status, out, err + more

    def said(self):
        """(the program's standard output; standard error, and what the launcher printed on its standard output) so far"""
        for file in self.files:
            file.seek(0)
        out, err = (file.read() for file in self.files)
        return own_output(out), err + "".join(found[0] for found in OF_MPICH.finditer(out))

    def kill(self):
        """SIGKILL to all at once."""
        for pid in [self.process.pid, *self.pids().values()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
