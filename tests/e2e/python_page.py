#!/usr/bin/python3
"""Runs the Python of the README on a trained model.

A model is trained and digits are encoded with it. The README's ```python blocks are then run one after the
other, as a reader would, in an empty directory in which the files that they name (a model.safetensors, an .npy
of features) are copies of these. Then:
  - the block that opens the model has at most 5 lines, uses NumPy only, and its dictionary holds the arrays
    that this script finds in the file by itself;
  - if the README has the command `encode`, a block opens an .npy, and one of the arrays that the blocks leave
    is what is in it;
  - with --drawing, the block with matplotlib has less than 10 lines and writes a picture.
Exit status 77 where NumPy, or with --drawing matplotlib, is not installed.
"""
import argparse
import importlib.util
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

if importlib.util.find_spec("numpy") is None:
    print("skipped: NumPy is not installed")
    sys.exit(77)

import numpy as np

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMES = ("W1", "W2", "b1", "b2")
README = Path(__file__).resolve().parents[2] / "README.md"


def arrays_of(model):
    """Name -> array, read number by number and without NumPy's help."""
    content = Path(model).read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8:8 + length])
    arrays = {}
    for name in NAMES:
        begin, end = header[name]["data_offsets"]
        assert header[name]["dtype"] == "F64", f"{name} is {header[name]['dtype']}, expected F64"
        numbers = struct.unpack_from(f"<{(end - begin) // 8}d", content, 8 + length + begin)
        arrays[name] = np.array(numbers).reshape(header[name]["shape"])
    return arrays


def place(blocks, suffix, source):
    """Copies `source` to wherever the blocks open a file that ends in `suffix`."""
    named = set(re.findall(rf"""["']([\w./-]*{re.escape(suffix)})["']""", "\n".join(blocks)))
    for path in named:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
    return named


def lines(block):
    """How many logical lines the block has: one that is wrapped counts once."""
    tokens = tokenize.generate_tokens(io.StringIO(block).readline)
    return sum(token.type == tokenize.NEWLINE for token in tokens)


def run_blocks(blocks, drawing):
    """Runs the blocks in one namespace, those with matplotlib only where a drawing is wanted."""
    names = {}
    drawn = [block for block in blocks if "matplotlib" in block]
    assert drawn, "no block draws the weights with matplotlib"
    for block in drawn:
        assert lines(block) < 10, f"{lines(block)} lines to draw the weights, expected less than 10"
    for block in blocks:
        if drawing or block not in drawn:
            exec(compile(block, "README.md", "exec"), names)
    return names


def check_model(blocks, names, model):
    """The dictionary of arrays among `names` is what the file holds."""
    reader = next(block for block in blocks if "model.safetensors" in block)
    assert lines(reader) <= 5, f"{lines(reader)} lines to read a model, expected at most 5"
    assert not re.search(r"import.*safetensors", reader), "the reader must do without the package safetensors"
    found = next((value for value in names.values() if isinstance(value, dict)
                  and all(isinstance(value.get(name), np.ndarray) for name in NAMES)), None)
    assert found, f"the blocks leave no dictionary with {', '.join(NAMES)}"
    for name, expected in arrays_of(model).items():
        assert found[name].shape == expected.shape, f"{name} has shape {found[name].shape}, not {expected.shape}"
        assert np.array_equal(found[name], expected), f"{name} differs from the file"


def check_features(names, features):
    """One of the arrays among `names` is what the file of features holds."""
    expected = np.load(features)
    arrays = [value for value in names.values() if isinstance(value, np.ndarray)]
    assert any(np.array_equal(array, expected) for array in arrays), "the blocks leave no array of the features"


def check_picture():
    """One picture was written, and something is on it."""
    import matplotlib.image

    pictures = list(Path().rglob("*.png"))
    assert len(pictures) == 1, f"the blocks wrote {len(pictures)} pictures, expected 1"
    assert matplotlib.image.imread(pictures[0]).std() > 0.01, f"{pictures[0].name} is all but blank"


def check(readme, model, features, drawing):
    """Runs and checks the blocks in the current directory."""
    text = Path(readme).read_text()
    blocks = BLOCK.findall(text)
    assert blocks, f"{readme} has no ```python block"
    assert place(blocks, "model.safetensors", model), "no block opens a model.safetensors"
    opened = place(blocks, ".npy", features)
    assert opened or "sae-mpi encode" not in text, "no block opens an .npy of features"
    names = run_blocks(blocks, drawing)
    check_model(blocks, names, model)
    if opened:
        check_features(names, features)
    if drawing:
        check_picture()
    return len(blocks)


def make_files(program, directory):
    """A model of a few hidden units, and the features of a few digits by it."""
    run, features = directory / "run", directory / "features.npy"
    model = run / "model.safetensors"
    train = ["train", "--hidden", "9", "--train-count", "60", "--test-count", "5", "--max-iterations", "20", "--quiet",
             "--output", run]
    encode = ["encode", "--model", model, "--train-count", "60", "--output", features]
    for arguments in (train, encode):
        subprocess.run([program, *arguments], check=True, capture_output=True, timeout=60)
    return model, features


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path, help="sae-mpi")
    parser.add_argument("--drawing", action="store_true", help="run the blocks with matplotlib too")
    parser.add_argument("--readme", type=Path, default=README, metavar="FILE", help="default: %(default)s")
    arguments = parser.parse_args()
    if arguments.drawing and importlib.util.find_spec("matplotlib") is None:
        print("skipped: matplotlib is not installed")
        sys.exit(77)
    readme = arguments.readme.resolve()
    os.environ["MPLBACKEND"] = "Agg"
    with tempfile.TemporaryDirectory() as files, tempfile.TemporaryDirectory() as directory:
        model, features = make_files(arguments.program.resolve(), Path(files))
        home = os.getcwd()
        os.chdir(directory)
        try:
            count = check(readme, model, features, arguments.drawing)
        except AssertionError as failure:
            sys.exit(f"FAIL: {failure}")
        finally:
            os.chdir(home)
    print(f"PASS: {count} blocks of {readme.name}" + ("" if arguments.drawing else ", those without a drawing ran"))


if __name__ == "__main__":
    main()
