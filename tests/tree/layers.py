#!/usr/bin/env python3
"""layers.py ROOT: no layer includes from a layer above or next to it, no public header from src/, and each library is
known only where the design has it. Exit status 1 if one does, with file and line."""
import pathlib
import sys

from includes import LAYERS, includes, layer_of, sources

# What a layer may include from; core <- data, mpi <- train <- app, and core, data <- report, cli <- app.
BELOW = {
    "core": {"core"},
    "data": {"core", "data"},
    "mpi": {"core", "mpi"},
    "train": {"core", "data", "mpi", "train"},
    "report": {"core", "data", "report"},
    "cli": {"core", "data", "cli"},
    "app": set(LAYERS),
}

# The layers that know a library; the rest of the program may be built without it.
KNOW = {
    "mpi.h": {"mpi"},
    "Eigen/": {"core", "train", "app"},
    "LBFGS": {"train"},
    "boost/": {"cli"},
    "nlohmann/": {"data", "report", "app"},
    "zlib.h": {"data"},
    "openssl/": {"data"},
    "stb_": {"data"},
    "fstream": {"data", "mpi", "cli", "app"},
    "filesystem": {"data", "cli", "app"},
}

# main alone says MPI_COMM_WORLD.
EXCEPTIONS = {("src/app/main.cpp", "mpi.h")}


def fault(root, path, mark, name):
    """What is wrong with an include; None if nothing is."""
    layer = layer_of(root, path)
    if mark == "<":
        for library, layers in KNOW.items():
            if name.startswith(library) and layer not in layers:
                return f"{layer} does not know <{name}>; {', '.join(sorted(layers))} may include it"
        return None
    if name.startswith("sae/"):
        from_layer = name.split("/")[1]
        if from_layer not in BELOW[layer]:
            return f'"{name}": {layer} is below or next to {from_layer}'
        return None if (root / "include" / name).is_file() else f'"{name}" is not in include/'
    if path.is_relative_to(root / "include"):
        return f'"{name}": a public header includes "sae/..." or <...> only'
    own = (path.parent / name).is_file() or (root / "src" / layer / name).is_file()
    return None if own and "/" not in name else f'"{name}" is neither next to the file nor in src/{layer}'


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = sources(root, ".hpp", ".cpp", ".in")
    count, faults = 0, []
    for path in files:
        short = str(path.relative_to(root))
        for line, mark, name in includes(path):
            count += 1
            what = None if (short, name) in EXCEPTIONS else fault(root, path, mark, name)
            if what:
                faults.append(f"{short}:{line}: {what}")
    print("\n".join(faults + [f"{count} includes in {len(files)} files, {len(faults)} wrong"]))
    sys.exit(1 if faults or not count else 0)


if __name__ == "__main__":
    main()
