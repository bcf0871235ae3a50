#!/usr/bin/env python3
"""install.py CMAKE BUILD: what `cmake --install` puts into a prefix is all that the program needs and its users look
for, and runs from there."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from processes import check

EXPECTED = ["bin/sae-mpi", "share/man/man1/sae-mpi.1", "share/man/man1/sae-mpi-train.1",
            "share/man/man1/sae-mpi-encode.1", "share/bash-completion/completions/sae-mpi",
            "share/doc/sae-mpi/README.md", "share/doc/sae-mpi/LICENSE",
            "share/doc/sae-mpi/copyright", "share/doc/sae-mpi/CITATION.cff", "share/sae-mpi/slurm/train.sbatch",
            "share/doc/sae-mpi/docs/weights.png"]


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    check(done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stderr if done.returncode else ''}".strip())
    return done.stdout


def main():
    cmake, build = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        prefix, home = pathlib.Path(directory) / "prefix", pathlib.Path(directory) / "home"
        home.mkdir()
        # From another folder, and to a place that is given relative to it.
        run([cmake, "--install", pathlib.Path(build).resolve(), "--prefix", "../prefix"], cwd=home)
        files = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
        missing = [name for name in EXPECTED if name not in files]
        check(not missing, f"{len(files)} files; missing: {missing}")
        others = [name for name in files if not name.startswith(("bin/", "share/"))]
        check(not others and {name for name in files if name.startswith("bin/")} == {"bin/sae-mpi"},
              f"nothing but the program and what belongs to it: {others}")
        # As in a shell that knows the prefix and nothing of the build.
        environment = {**os.environ, "PATH": f"{prefix / 'bin'}:{os.environ['PATH']}"}
        environment.pop("LD_LIBRARY_PATH", None)
        check("sae-mpi " in run(["sae-mpi", "--version"], cwd=home, env=environment), "says its version")
        overview = run(["sae-mpi", "--help"], cwd=home, env=environment)
        listed = overview.partition("Commands:")[2].partition("Other:")[0]
        commands = re.findall(r"^  ([a-z-]+)  ", listed, re.MULTILINE)
        without = [name for name in commands if f"share/man/man1/sae-mpi-{name}.1" not in files]
        check(len(commands) > 5 and not without, f"a page for each of {len(commands)} commands; without: {without}")
        scripts = prefix / "share" / "sae-mpi" / "slurm"
        # Without a program in PATH.
        found = run(["bash", "-c", f"source {scripts}/job.sh; find_program {scripts}; echo $program"], cwd=home,
                    env={"PATH": "/usr/bin:/bin"})
        check(found.strip() == str(prefix / "bin" / "sae-mpi"), f"the job scripts find the program: {found.strip()}")
        run(["sae-mpi", "train", "--hidden", "4", "--train-count", "40", "--test-count", "5", "--max-iterations", "2",
             "--quiet", "--output", "run"], cwd=home, env=environment)
        run(["sae-mpi", "encode", "--model", "run/model.safetensors", "--train-count", "5"], cwd=home, env=environment)
        check((home / "features.npy").is_file() and (home / "run" / "report.html").is_file(), "trains and encodes")


if __name__ == "__main__":
    main()
