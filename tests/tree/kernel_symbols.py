#!/usr/bin/env python3
"""kernel_symbols.py NM OBJECT...: an object that is compiled for one instruction set defines nothing that another
object might define as well. Of a function that two objects define (a template or inline function of the standard
library, say), the linker takes either, for the whole program: a copy with AVX-512 instructions would end the program
on processors without them. All that a kernel object defines is in a namespace of its own, which names the set.
Exit status 1 if something is not."""
import pathlib
import re
import subprocess
import sys


def foreign(nm, path):
    """The symbols of an object that are visible to the linker and not in the set's own namespace."""
    own = re.search(r"sae_(?:kernels|vectors)_(\w+?)\.dir", str(path)).group(1)
    listed = subprocess.run([nm, "-C", "--defined-only", "--extern-only", path], capture_output=True, text=True,
                            check=True).stdout
    names = [line.split(" ", 2)[2] for line in listed.splitlines()]
    # nm does not read all names of clang's; these begin with their namespaces.
    kernels = f"kernels_{own}"
    inside = (f"sae::{kernels}::", f"sae::kernels::{own}::", f"_ZN3sae{len(kernels)}{kernels}")
    return names, [name for name in names if not any(scope in name.split("(")[0] for scope in inside)]


def main():
    nm, objects = sys.argv[1], [pathlib.Path(path) for path in sys.argv[2:]]
    broken = False
    for path in objects:
        names, others = foreign(nm, path)
        if not names:
            print(f"{path} defines nothing")
        for name in others:
            print(f"{path} defines {name}")
        broken = broken or not names or bool(others)
    return 1 if broken or not objects else 0


if __name__ == "__main__":
    sys.exit(main())
