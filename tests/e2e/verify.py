#!/usr/bin/env python3
"""verify.py ROOT MPIRUN ... PROGRAM ALTERED (the launcher's words up to the number of ranks): `sae-mpi verify` computes
the published bits on any number of ranks and threads and with every kernel set that runs here, also mixed in one job;
docs/arithmetic.md and scripts/demo publish the same ones; and ALTERED, the program with other published results, says
where the bits differ first."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from processes import check, with_settings

ROOT, *MPIRUN, PROGRAM, ALTERED = sys.argv[1:]
SUCCESS = r"this machine computes the published bits: 4 trainings, version (\d+) of the arithmetic\n"
CHANGED = ("the bits have changed: if they were meant to, docs/arithmetic.md says what else must change, "
           '"To change the arithmetic"')


def run(*words, status=0, kernels=None):
    environment = dict(os.environ, **({"SAE_KERNELS": kernels} if kernels else {}))
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=300, env=environment,
                          check=False)
    if done.returncode != status:
        print(done.stdout, done.stderr)
        check(False, f"{words}: exit status {done.returncode}, expected {status}", CHANGED)
    return done.stdout


def kernel_sets():
    """The names of the sets that run here."""
    return [name for name in ("avx512", "avx2", "neon", "scalar")
            if f"SAE_KERNELS={name}: this" not in run(PROGRAM, "--version", kernels=name)]


def the_published_bits():
    for ranks, threads in ((1, 1), (1, 3), (2, 1), (2, 2), (3, 1)):
        out = run(*MPIRUN, ranks, PROGRAM, "verify", "--threads", threads)
        check(re.fullmatch(SUCCESS, out), f"{ranks} ranks of {threads} threads compute the published bits", out)


def every_kernel_set():
    names = kernel_sets()
    check("scalar" in names, f"kernel sets that run here: {', '.join(names)}")
    # Without instructions for it scalar takes fifty times as long for an fma: its share of the mixed job will do.
    for name in names[:-1] or names:
        out = run(PROGRAM, "verify", "--threads", 1, kernels=name)
        check(re.fullmatch(SUCCESS, out), f"{name} computes the published bits", out)
    mixed = with_settings([{"SAE_KERNELS": name} for name in names], [PROGRAM, "verify", "--threads", "1"])
    out = run(*MPIRUN, len(names), *mixed)
    check(re.fullmatch(SUCCESS, out), f"ranks of {', '.join(names)} in one job compute the published bits", out)


def other_published_bits():
    out = run(*MPIRUN, 2, ALTERED, "verify", "--threads", 1, status=1)
    lines = out.splitlines()
    check(len(lines) == 5 and all(
        re.fullmatch(r"(plain|sparse), (double|single) precision: iteration 5: the cost is 0x\S+, published is 0x\S+, "
                     "the iterations before agree up to 2", line) for line in lines[:4]),
        "other published bits: the first iteration that differs is named", out)
    check(re.match("this machine does not compute the published bits: 4 of 4 trainings differ", lines[-1]),
          "and the verdict comes last", out)


def what_is_published_elsewhere():
    source = run(PROGRAM, "verify", "--print", "--threads", 1)
    check(source == pathlib.Path(ROOT, "src/app/golden_values.cpp").read_text(),
          "verify --print writes src/app/golden_values.cpp", source)
    page = pathlib.Path(ROOT, "docs/arithmetic.md").read_text()
    version = re.search(r"golden_arithmetic = (\d+)", source).group(1)
    check(f"# The arithmetic, version {version}\n" in page, "docs/arithmetic.md is of the same version")
    hashes = re.findall("[0-9a-f]{64}", source)
    published = re.findall(r"\| `([0-9a-f]{64})` \|", page)
    check(hashes == published[:len(hashes)], "docs/arithmetic.md has the same SHA-256s", hashes)
    odd = pathlib.Path(ROOT, "tests/bench/odd_sizes.sha256").read_text()
    check(re.findall("[0-9a-f]{64}", odd) == published[len(hashes):], "and those of odd sizes", odd)


def the_demo():
    published = pathlib.Path(ROOT, "scripts/demo.sha256").read_text().split()
    with tempfile.TemporaryDirectory() as room:
        out = run(*MPIRUN, 2, PROGRAM, "train", "--threads", 1, "--quiet", "--output", pathlib.Path(room, "demo"))
    check(published[0] in out, "scripts/demo.sha256 is that of a training with the defaults", out)


def main():
    the_published_bits()
    every_kernel_set()
    other_published_bits()
    what_is_published_elsewhere()
    the_demo()


if __name__ == "__main__":
    main()
