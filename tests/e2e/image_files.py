#!/usr/bin/env python3
"""image_files.py MPIRUN ... PROGRAM (the launcher's words up to the number of ranks): every command that takes images
gives the same result for the same images in each kind of file (IDX and .npy, raw and gzip, gzip padded with zeros),
train and encode on several ranks; rows of pixels become square images, or images of one row."""
import json
import pathlib
import subprocess
import sys
import tempfile

from bad_input_files import IMAGES, SIDE, gzip, idx, npy
from processes import check

MPIRUN, PROGRAM = sys.argv[1:-1], sys.argv[-1]
FILES = {
    "a.idx": idx(),
    "a.idx.gz": gzip(idx()) + bytes(1000),
    "a.npy": npy((IMAGES, SIDE, SIDE)),
    "b.npy": npy((IMAGES, SIDE, SIDE), version=2),
    "pixels.npy": npy((IMAGES, SIDE * SIDE)),
    "a.npy.gz": gzip(npy((IMAGES, SIDE, SIDE))) + bytes(1),
}


def run(ranks, *arguments):
    """On one rank without the launcher."""
    command = [*([] if ranks == 1 else [*MPIRUN, str(ranks)]), PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        check(False, f"{arguments}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def results(root, name, ranks):
    """What each command makes of the file; the model is that of the first file."""
    file, out = root / name, root / f"{name}-{ranks}"
    model = root / "a.idx-1" / "model.safetensors"
    run(ranks, "train", "--train", file, "--test", file, "--hidden", 5, "--max-iterations", 5, "--quiet", "--output", out)
    found = {"train": (out / "model.safetensors").read_bytes(), "weights": (out / "weights.png").read_bytes()}
    run(ranks, "encode", "--model", model, "--images", file, "--output", out / "features.npy")
    run(1, "reconstruct", "--model", model, "--images", file, "--output", out / "decoded.npy")
    found["encode"] = (out / "features.npy").read_bytes()
    found["reconstruct"] = (out / "decoded.npy").read_bytes(), (out / "decoded.png").read_bytes()
    found["evaluate"] = json.loads(run(1, "evaluate", "--model", model, "--train", file))["cost"]
    found["check-gradient"] = run(1, "check-gradient", "--train", file).split("\n", 1)[1]  # without the file's name
    run(1, "show", "--train", file, "--first", 10, "--output", out / "pictures")
    found["show"] = [picture.read_bytes() for picture in sorted((out / "pictures").iterdir())]
    return found


def main():
    with tempfile.TemporaryDirectory(prefix="sae-images-") as directory:
        root = pathlib.Path(directory)
        for name, contents in FILES.items():
            (root / name).write_bytes(contents)
        expected = results(root, "a.idx", 1)
        for name in FILES:
            found = results(root, name, 3)
            different = [command for command in expected if found[command] != expected[command]]
            check(not different, f"{name} on 3 ranks gives what a.idx gives on one; different: {different or 'nothing'}")
        (root / "row.npy").write_bytes(npy((IMAGES // 2, 2 * SIDE * SIDE)))
        said = run(1, "show", "--train", root / "row.npy", "--first", 2, "--output", root / "row")
        check(f"{IMAGES // 2} images of 1 x {2 * SIDE * SIDE}" in said, f"rows of 32 pixels: {said.splitlines()[0]}")
    print(f"PASS: {len(FILES)} kinds of file")


if __name__ == "__main__":
    main()
