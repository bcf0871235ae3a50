#!/usr/bin/python3
"""Runs the Python of the README on a trained model.

The README's ```python blocks are run one after the other, as a reader would, in an empty directory in which
the files that they name (a model.safetensors, an .npy of features) are copies of the ones given here. Then:
  - the block that opens the model has at most 5 lines, uses NumPy only, and its dictionary holds the arrays
    that this script finds in the file by itself;
  - the block with matplotlib has less than 10 lines and writes a picture. Without matplotlib it is skipped.
"""
import argparse
import importlib.util
import io
import json
import os
import re
import shutil
import struct
import sys
import tempfile
import tokenize
from pathlib import Path

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


def run_blocks(blocks):
    """Runs the blocks in one namespace, those with matplotlib only where it is installed."""
    drawn, names = False, {}
    assert any("matplotlib" in block for block in blocks), "no block draws the weights with matplotlib"
    for block in blocks:
        if "matplotlib" in block:
            assert lines(block) < 10, f"{lines(block)} lines to draw the weights, expected less than 10"
            if importlib.util.find_spec("matplotlib") is None:
                print("skipped: matplotlib is not installed")
                continue
            drawn = True
        exec(compile(block, "README.md", "exec"), names)
    return names, drawn


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


def check_picture():
    """One picture was written, and something is on it."""
    import matplotlib.image

    pictures = list(Path().rglob("*.png"))
    assert len(pictures) == 1, f"the blocks wrote {len(pictures)} pictures, expected 1"
    assert matplotlib.image.imread(pictures[0]).std() > 0.01, f"{pictures[0].name} is all but blank"


def check(readme, model, features):
    """Runs and checks the blocks in the current directory."""
    blocks = BLOCK.findall(Path(readme).read_text())
    assert blocks, f"{readme} has no ```python block"
    assert place(blocks, "model.safetensors", model), "no block opens a model.safetensors"
    if features:
        assert place(blocks, ".npy", features), "no block opens an .npy of features"
    else:
        blocks = [block for block in blocks if ".npy" not in block]
    names, drawn = run_blocks(blocks)
    check_model(blocks, names, model)
    if drawn:
        check_picture()
    return len(blocks)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a model.safetensors that `train` wrote")
    parser.add_argument("--features", metavar="FILE", help="an .npy that `encode` wrote (default: blocks that open "
                        "one are left out)")
    parser.add_argument("--readme", default=README, metavar="FILE", help="default: %(default)s")
    arguments = parser.parse_args()
    model, readme = Path(arguments.model).resolve(), Path(arguments.readme).resolve()
    features = Path(arguments.features).resolve() if arguments.features else None
    os.environ["MPLBACKEND"] = "Agg"
    with tempfile.TemporaryDirectory() as directory:
        home = os.getcwd()
        os.chdir(directory)
        try:
            count = check(readme, model, features)
        except AssertionError as failure:
            sys.exit(f"FAIL: {failure}")
        finally:
            os.chdir(home)
    print(f"PASS: {count} blocks of {readme.name} ran")


if __name__ == "__main__":
    main()
