#!/usr/bin/env python3
"""run_commands.py WRITE_DIGITS PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): each command line of
README.md, slurm/README.md and docs/ runs and returns 0, scaled down as rules.py says, or is there with the reason why it
is not run. All run in one directory, in the order of the pages, with small files in place of MNIST's."""
import glob
import importlib.util
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import small_mnist
from bad_input_files import npy
from pages import ROOT, commands
from processes import OPEN_MPI, check, launcher_of
from rules import KINDS, RULES, Instead, rule

WRITE_DIGITS, PROGRAM, *MPIRUN = sys.argv[1:]
TRAIN, TEST = 10100, 100  # images; hyperparameters.py holds 10,000 out
LONGEST = 240  # seconds, on a busy machine
# What the pages take for granted: the demo was run. Two iterations of it.
DEMO = "sae-mpi train --max-iterations 2 --output demo-run"


def prepare(home):
    """What a reader has: the program and the launcher in PATH, the folders of the project, MNIST; two .npy files."""
    (home / "bin").mkdir()
    for name, program in (("sae-mpi", PROGRAM), ("python3", sys.executable)):
        (home / "bin" / name).symlink_to(program)
    launcher = home / "bin" / "mpirun"
    # Open MPI 5 refuses a second --bind-to.
    mpirun = shutil.which(MPIRUN[0])
    launcher.write_text('#!/bin/sh\n'
                        f'case " $* " in *" --bind-to "*) exec {mpirun} "$@" ;; esac\n'
                        f'exec {mpirun} {" ".join(MPIRUN[1:-1])} "$@"\n')
    launcher.chmod(0o755)
    for name in ("docs", "scripts", "slurm", "tests"):
        (home / name).symlink_to(ROOT / name)
    small_mnist.write(home / "mnist", WRITE_DIGITS, TRAIN, TEST)
    for name in ("my-train.npy", "my-test.npy"):
        (home / name).write_bytes(npy((30, 4, 4)))


def run(text, home):
    """Runs a line in bash, at `home`, which is the reader's home directory too."""
    # The launcher's own words are in home/bin/mpirun.
    environment = {**os.environ, "PATH": f"{home}/bin:{os.environ['PATH']}", "HOME": str(home), "MPLBACKEND": "Agg",
                   "SAE_MPI": PROGRAM, "SAE_LAUNCHER": f"{home}/bin/mpirun", "OMP_NUM_THREADS": "1",
                   "OPENBLAS_NUM_THREADS": "1"}
    text = text.replace("--sae-mpi sae-mpi", f"--sae-mpi {PROGRAM}")
    begin = time.monotonic()
    # In a session of its own, so that nothing of it is left behind.
    with subprocess.Popen(["bash", "-c", text], cwd=home, env=environment, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            out, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out = f"no end after {LONGEST} s\n"
    check(process.returncode == 0, f"{time.monotonic() - begin:.1f} s: {text}",
          f"exit status {process.returncode}\n{out}")
    return out


def missing(what):
    return [*(name for name in what.modules if importlib.util.find_spec(name) is None),
            *(pattern for pattern in what.files if not glob.glob(pattern)),
            *(["Open MPI"] if what.open_mpi and launcher_of(MPIRUN) != OPEN_MPI else [])]


def no_rule_is_left_over(found):
    texts = {command.text for command in found}
    unused = [text for text in RULES if text not in texts]
    unused += [pattern for pattern, _ in KINDS if not any(re.search(pattern, text) for text in texts)]
    check(not unused, f"each rule of rules.py has a command on a page; without: {unused}")


def the_overview_is_complete(home, found):
    """README.md lists the commands that --help lists."""
    listed = run("sae-mpi --help", home).partition("Commands:")[2].partition("Other:")[0]
    commands_of_help = set(re.findall(r"^  ([a-z-]+)  ", listed, re.MULTILINE))
    on_page = {command.text.split()[1] for command in found if command.page == "README.md"
               and re.fullmatch("sae-mpi [a-z][a-z-]+", command.text)}
    check(len(commands_of_help) > 5 and commands_of_help == on_page, "README.md lists the commands of --help",
          f"{commands_of_help ^ on_page}")


def main():
    found = commands()
    unknown = [command for command in found if rule(command) is None]
    check(not unknown, "each command is run, or is in rules.py with the reason why not", "\n".join(map(str, unknown)))
    no_rule_is_left_over(found)
    done = set()
    with tempfile.TemporaryDirectory(prefix="sae-pages-") as name:
        home = pathlib.Path(name)
        prepare(home)
        the_overview_is_complete(home, found)
        run(DEMO, home)
        for command in found:
            what = rule(command)
            if not isinstance(what, Instead):
                print(f"not run: {command}: {what.reason}")
            elif missing(what):
                print(f"not run: {command}: not installed: {' '.join(missing(what))}")
            elif what.text not in done:
                run(what.text, home)
                done.add(what.text)
    print(f"PASS: {len(done)} of {len(found)} commands were run")


if __name__ == "__main__":
    main()
