#!/usr/bin/env python3
"""bad_input.py [--only REGEX] [--one-in N] [--launched-in N] [--longest SECONDS] -- MPIRUN ... RANKS PROGRAM: every
malformed input of the tables ends the program in time, with the exit status that it should have and one message, from
one rank, that names the culprit and what would be right; and nothing on the disk has changed. With --launched-in N only
one in N starts under the launcher; the others start alone, which takes a tenth of the processor's time."""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import bad_input_checkpoint
import bad_input_features
import bad_input_idx
import bad_input_model
import bad_input_npy
import bad_input_options
from bad_input_files import idx, model
from processes import failed_alone, own_output, own_words

PARSER = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
PARSER.add_argument("--only", default="", metavar="REGEX", help="the cases of which this is found in the name")
PARSER.add_argument("--one-in", type=int, default=1, metavar="N", help="one in N of these (default: all)")
PARSER.add_argument("--launched-in", type=int, default=1, metavar="N", help="one in N on several ranks (default: all)")
PARSER.add_argument("--longest", type=float, default=5, metavar="SECONDS", help="default: %(default)s")
PARSER.add_argument("launch", nargs="+", metavar="MPIRUN ... RANKS PROGRAM")
ARGUMENTS = PARSER.parse_args()
LAUNCH = ARGUMENTS.launch
CASES = [*bad_input_checkpoint.CASES, *bad_input_idx.CASES, *bad_input_model.CASES, *bad_input_options.CASES,
         *bad_input_features.CASES, *bad_input_npy.CASES]
LONGEST = ARGUMENTS.longest
AT_A_TIME = 10  # mostly they wait: for mpirun to start, and for it to end
NOBODY = 65534
FAILED = failed_alone(LAUNCH)
TOO_LONG = "took too long"


def prepare(root, case):
    """The directory that a case runs in: images, a model, a result of a former run, and the malformed input."""
    files = {"images": idx(), "model": model(), "out": os.mkdir}
    files.update({"out/model.safetensors": model(), "out/log.jsonl": b"{}\n", "out/note": b"mine\n"})
    for name, contents in {**files, **case.files}.items():
        path = os.path.join(root, name)
        if callable(contents):
            if os.path.exists(path):
                os.remove(path)
            contents(path)
        else:
            with open(path, "wb") as file:
                file.write(contents)
    if case.modes:
        for directory, _, names in os.walk(root):
            for name in ["", *names]:
                if os.getuid() == 0:
                    os.chown(os.path.join(directory, name), NOBODY, NOBODY)
        for name, mode in case.modes.items():
            os.chmod(os.path.join(root, name), mode)


def snapshot(root):
    """All that is there, with contents and times."""
    found = {}
    for directory, directories, names in os.walk(root):
        for name in [".", *directories, *names]:
            path = os.path.normpath(os.path.join(directory, name))
            status = os.lstat(path)
            contents = b""
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    contents = file.read()
            found[path] = (status.st_mode, status.st_mtime_ns, contents)
    return found


def alone(temporary):
    """The environment of a process that no launcher has started. It needs none of Open MPI's daemons, and a place of its
    own for files: several such processes that begin and end at the same time take them away from each other."""
    return {**os.environ, "OMPI_MCA_ess_singleton_isolated": "1", "TMPDIR": temporary}


def run(case, launched):
    """What is wrong with how the program takes the input, on several ranks or alone; nothing if all is well."""
    with tempfile.TemporaryDirectory(prefix="sae-bad-input-") as place:
        os.chmod(place, 0o755)
        root, temporary = os.path.join(place, "root"), os.path.join(place, "temporary")
        os.mkdir(root)
        os.mkdir(temporary)
        os.chmod(temporary, 0o777)
        launch, environment = (LAUNCH, None) if launched else (LAUNCH[-1:], alone(temporary))
        prepare(root, case)
        before = snapshot(root)
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if case.modes and os.getuid() == 0 else {}
        start = time.monotonic()
        try:
            done = subprocess.run([*launch, *case.arguments], cwd=root, capture_output=True, text=True, errors="replace",
                                  timeout=4 * LONGEST, stdin=subprocess.DEVNULL, env=environment, **as_nobody)
        except subprocess.TimeoutExpired:
            return [f"{TOO_LONG}: still running after {4 * LONGEST} s"]
        seconds = time.monotonic() - start
        said = own_words(done.stderr)
        problems = []
        if done.returncode not in (FAILED if launched and case.status == 1 else (case.status,)):
            problems.append(f"status {done.returncode}, expected {case.status}")
        pattern = r"sae-mpi: (?:rank \d of \d: )?" + case.said
        if len(said) != 1 or not re.match(pattern, said[0]):
            problems.append("said\n    " + "\n    ".join(said or [done.stderr]) + f"\n  expected one line like\n    {pattern}")
        if own_output(done.stdout) and case.arguments[:1] == ["evaluate"]:
            problems.append(f"standard output: {done.stdout[:200]!r}")
        if seconds > LONGEST:
            problems.append(TOO_LONG + f": {seconds:.1f} s")
        if snapshot(root) != before:
            problems.append("files have changed")
        return problems


def may_run_as_nobody():
    """Whether an ordinary user could start the program: where it cannot, a case of permissions proves nothing."""
    if os.getuid() != 0:
        return True
    words = [LAUNCH[-1], "--version"]
    try:
        done = subprocess.run(words, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True)
    except PermissionError:  # a folder above it, such as /root, is closed to others
        return False
    return done.returncode == 0


def main():
    cases = [case for case in CASES if re.search(ARGUMENTS.only, case.name)][::ARGUMENTS.one_in]
    if len(CASES) != len({case.name for case in CASES}):
        sys.exit("two cases have one name")
    if not (shutil.which(LAUNCH[0]) and may_run_as_nobody()):
        print("skipped the cases of permissions: an ordinary user cannot start the program")
        cases = [case for case in cases if not case.modes]
    launched = {case.name: case.ranks or number % ARGUMENTS.launched_in == 0 for number, case in enumerate(cases)}

    def result(case):
        return run(case, launched[case.name])

    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        results = dict(zip(launched, pool.map(result, cases)))
    for case in 3 * cases:
        if any(problem.startswith(TOO_LONG) for problem in results[case.name]):
            results[case.name] = result(case)  # others may have been in its way: once more, with nothing next to it
    failures = {name: problems for name, problems in results.items() if problems}
    for name, problems in failures.items():
        print(f"{name}: " + "\n  ".join(problems))
    print(f"{len(cases)} malformed inputs, {sum(launched.values())} of them on several ranks; {len(failures)} not taken as "
          "they should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
