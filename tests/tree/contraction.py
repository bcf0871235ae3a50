#!/usr/bin/env python3
"""contraction.py ROOT COMPILE_COMMANDS: no source of the program is compiled with an option that lets the compiler
change its arithmetic: the last -ffp-contract of each is "off", and there is no -Ofast, -ffast-math or a part of it.
Whether a compiler uses such a permission depends on its version and the processor, so the bits alone do not show it.
Exit status 1 if one is."""
import json
import pathlib
import shlex
import sys

FAST = ("-Ofast", "-ffast-math", "-fassociative-math", "-freciprocal-math", "-fno-signed-zeros", "-ffinite-math-only",
        "-funsafe-math-optimizations")


def complaints(words):
    contract = [word for word in words if word.startswith("-ffp-contract")]
    if contract[-1:] != ["-ffp-contract=off"]:
        yield contract[-1] if contract else "without -ffp-contract=off"
    yield from (word for word in words if word in FAST)


def main():
    root = pathlib.Path(sys.argv[1]).resolve() / "src"
    entries = [entry for entry in json.loads(pathlib.Path(sys.argv[2]).read_text())
               if pathlib.Path(entry["file"]).resolve().is_relative_to(root)]
    broken = [f"{entry['file']}: {found}" for entry in entries for found in complaints(shlex.split(entry["command"]))]
    print("\n".join(broken))
    print(f"{len(entries)} compilations, {len(broken)} that may change the arithmetic")
    sys.exit(1 if broken or not entries else 0)


if __name__ == "__main__":
    main()
