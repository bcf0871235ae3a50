#!/usr/bin/env python3
"""manual.py DIRECTORY (of the build's manual): groff sets every page without a warning, and bash completes what users
type. What is not installed is skipped."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from processes import check

COMPLETE = r"""
source "$1"
COMP_CWORD=$2
COMP_WORDS=("${@:3}")
[[ $(complete -p sae-mpi) == *"-F _sae_mpi sae-mpi" ]] || exit 3
_sae_mpi
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
"""


def check_pages(directory):
    pages = sorted(directory.glob("*.1"))
    names = {page.stem for page in pages}
    check({"sae-mpi", "sae-mpi-train", "sae-mpi-encode", "sae-mpi-info"} <= names, f"{len(pages)} pages")
    for page in pages:
        for device in ("utf8", "ascii"):
            command = ["groff", "-man", "-T" + device, "-ww", "-P-cbou", page]
            done = subprocess.run(command, capture_output=True, timeout=60)
            check(done.returncode == 0 and not done.stderr, f"{page.name} for {device}: {done.stderr.decode()}")
        text = done.stdout.decode()
        for part in ("NAME", "SYNOPSIS", "OPTIONS", "--help", "EXAMPLES", "SEE ALSO"):
            check(part in text, f"{page.name} has {part}")
        check(page.stem == "sae-mpi" or "--config FILE" in text, f"{page.name} has the options")


def complete(script, typed, there):
    """What bash offers for the last of the words, or for the word in the brackets."""
    words = [word.strip("[]") for word in typed]
    at = next((i for i, word in enumerate(typed) if word.startswith("[")), len(words) - 1)
    done = subprocess.run(["bash", "-c", COMPLETE, "complete", script, str(at), *words], cwd=there, capture_output=True,
                          text=True, timeout=20)
    check(done.returncode == 0 and not done.stderr, f"{' '.join(typed)}: {done.stderr}")
    return done.stdout.split("\n")[:-1]


def check_completion(script, there):
    for name in ("model.safetensors", "two words"):
        (there / name).write_text("")
    for name in ("mnist", "more"):
        (there / name).mkdir()

    def offers(typed, *expected, without=(), only=True):
        found = complete(script, ["sae-mpi", *typed], there)
        right = sorted(found) == sorted(expected) if only else set(expected) <= set(found)
        check(right and not set(without) & set(found), f"{' '.join(typed)!r} -> {found}")

    offers(["tr"], "train")
    offers([""], "train", "sweep", "encode", "info", "--help", "--version", only=False)
    offers(["--v"], "--version")
    offers(["train", "--pre"], "--precision")
    offers(["train", "--precision", ""], "double", "single")
    offers(["train", "--precision", "s"], "single")
    offers(["train", "--precision", "=", "d"], "double")
    offers(["train", "--precision", "="], "double", "single")
    offers(["train", "--data", "m"], "mnist", "more")
    offers(["train", "--data", "=", "mn"], "mnist")
    offers(["evaluate", "--model", "mod"], "model.safetensors")
    offers(["evaluate", "--model", "t"], "two words")
    offers(["train", "--init", "mo"], "model.safetensors", "more")
    offers(["info", "--file", "=", "model"], "model.safetensors")
    offers(["train", "--hidden", ""])
    offers(["train", "--hidden", "5", "--hi"], "--history")
    offers(["train", "--quiet", ""], "--hidden", only=False, without=["--quiet"])
    offers(["train", "[--re]", "--hidden", "5"], "--resume")
    offers(["info", "--"], "--file", "--json", "--config", "--help")
    offers(["fly", "--"])
    offers(["--version", ""])


def main():
    directory = pathlib.Path(sys.argv[1]).resolve()
    missing = [program for program in ("groff", "bash") if not shutil.which(program)]
    if "bash" not in missing:
        with tempfile.TemporaryDirectory() as there:
            check_completion(directory / "completions" / "sae-mpi", pathlib.Path(there))
    if "groff" not in missing:
        check_pages(directory / "man")
    if missing:
        print(f"skipped in part: not installed: {' '.join(missing)}")
        sys.exit(77)


if __name__ == "__main__":
    main()
