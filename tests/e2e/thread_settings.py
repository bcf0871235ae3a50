#!/usr/bin/env python3
"""thread_settings.py PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): what the environment asks of
OpenMP, for one rank or for all, changes no model. Version 1.0.0 skipped the work of threads that OpenMP did not grant."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from processes import check, with_settings

PROGRAM, *MPIRUN = sys.argv[1:]
TRAINING = ["train", "--quiet", "--train-count", "3000", "--hidden", "5", "--max-iterations", "5", "--beta", "0",
            "--overwrite"]
SETTINGS = [{"OMP_THREAD_LIMIT": "1"}, {"OMP_DYNAMIC": "true"}, {"OMP_MAX_ACTIVE_LEVELS": "0"},
            {"OMP_NUM_THREADS": "1"}, {"OMP_PROC_BIND": "true", "OMP_PLACES": "{0}"}]


def sha256(words, settings):
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False,
                          env=dict(os.environ, **settings))
    check(done.returncode == 0, f"{settings}: the training ends well", done.stdout + done.stderr)
    return re.search(r"sha256 of the parameters: (\w{64})", done.stdout)[1]


def cost(model):
    done = subprocess.run([PROGRAM, "evaluate", "--model", model, "--threads", "2"], capture_output=True, text=True,
                          timeout=300, check=False, env=dict(os.environ, OMP_THREAD_LIMIT="1"))
    return float(re.search(r'"cost":([0-9.e+-]+)', done.stdout)[1])


def main():
    with tempfile.TemporaryDirectory() as room:
        output = ["--output", str(pathlib.Path(room) / "run")]
        expected = sha256([PROGRAM, *TRAINING, *output, "--threads", "1"], {})
        for settings in SETTINGS:
            for threads in ["2", "4"]:
                found = sha256([PROGRAM, *TRAINING, *output, "--threads", threads], settings)
                check(found == expected, f"{settings}, {threads} threads: the same model")
        found = sha256([PROGRAM, *TRAINING, *output], {"OMP_DYNAMIC": "true"})
        check(found == expected, "default threads with OMP_DYNAMIC=true: the same model")
        log = (pathlib.Path(room) / "run" / "log.jsonl").read_text().splitlines()
        last = float(re.search(r'"cost":([0-9.e+-]+)', log[-1])[1])
        found = cost(pathlib.Path(room) / "run" / "model.safetensors")
        check(found == last, f"evaluate finds the cost of the training, {found} and {last}")
        rank = [PROGRAM, *TRAINING, *output, "--threads", "2"]
        limited = [*MPIRUN, "2", *with_settings([{}, {"OMP_THREAD_LIMIT": "1"}], rank)]
        check(sha256(limited, {}) == expected, "one rank of two with a thread limit: the same model")


main()
