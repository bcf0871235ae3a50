#!/usr/bin/env python3
"""patches_page.py MPIRUN ... PROGRAM (the launcher's words up to the number of ranks): the Python and the commands of
docs/patches.md, run one after the other in an empty directory, leave the patches and the pictures that the page speaks
of. The patches are fewer and the iterations few; where SciPy has no photograph, they are cut from a drawing."""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from PIL import Image
except ImportError:
    print("skipped: NumPy or Pillow is not installed")
    sys.exit(77)

from processes import check

MPIRUN, PROGRAM = sys.argv[1:-1], str(pathlib.Path(sys.argv[-1]).resolve())
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "patches.md"
STEP = re.compile(r"^```python\n(.*?)^```|^    ((?:mpirun|sae-mpi) [^\n]*)$", re.MULTILINE | re.DOTALL)
COUNT, SIDE = 400, 12


def draw_photo(path):
    """Something with edges: shades that overlap."""
    random = np.random.default_rng(3)
    row, col = np.mgrid[:90, :120]
    photo = np.zeros((90, 120))
    for a, b, c in random.normal(0, 1, (30, 3)):
        photo += a * (b * (row - 45) + c * (col - 60) > random.normal(0, 30))
    photo -= photo.min()
    Image.fromarray((255 * photo / photo.max()).astype("uint8")).save(path)


def has_raccoon():
    """Whether this SciPy has the photograph that the page cuts into patches."""
    words = [sys.executable, "-W", "ignore", "-c", "import scipy.misc; scipy.misc.face"]
    return subprocess.run(words, capture_output=True, timeout=120).returncode == 0


def command(line):
    """The words of a line of the page, with this launcher and program, and a training that is soon over."""
    words = shlex.split(line)
    if words[0] == "mpirun":
        check(words[1] == "-n" and words[3] == "sae-mpi", f"mpirun -n RANKS sae-mpi: {line}")
        words = [*MPIRUN, words[2], PROGRAM, *words[4:]]
    else:
        words[0] = PROGRAM
    return [*words, "--max-iterations", "3", "--quiet"] if "train" in words else words


def run(step, directory):
    block, line = step
    if block:
        words = [sys.executable, "-c", block.replace("20_000", str(COUNT))]
    else:
        words = command(line)
    done = subprocess.run(words, cwd=directory, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    check(done.returncode == 0, f"{line or 'the Python'}{done.stderr if done.returncode else ''}")


def main():
    steps = STEP.findall(PAGE.read_text().replace("\\\n", " "))
    check(len(steps) >= 5, f"{len(steps)} steps on the page")
    cuts = sum("20_000" in block for block, _ in steps)
    check(cuts == 1, f"{cuts} block cuts 20,000 patches; here a few")
    with tempfile.TemporaryDirectory(prefix="sae-patches-") as name:
        directory = pathlib.Path(name)
        for step in steps:
            if "scipy.misc" in step[0] and not has_raccoon():
                draw_photo(directory / "photo.png")
            else:
                run(step, directory)
        patches = np.load(directory / "patches.npy")
        check(patches.shape == (COUNT, SIDE, SIDE) and patches.dtype == np.uint8, f"{patches.dtype} {patches.shape}")
        check(patches.min() >= 25 and patches.max() <= 230 and patches.std() > 5, "bytes from 0.1 to 0.9")
        for picture in ("patches/train-first-100.png", "edges/weights.png"):
            check((directory / picture).stat().st_size > 0, picture)


if __name__ == "__main__":
    main()
