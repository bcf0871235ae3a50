"""IDX files of unsigned bytes, the format of MNIST: read raw or gzip, written raw."""
import gzip
import math
import struct
from pathlib import Path

import numpy as np

UNSIGNED_BYTE = 8


def read(path, count=None):
    """The array in an IDX file, [count, rows, columns] of images or [count] of labels: the first `count`, or all."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rb") as file:
        zero, kind, dimensions = struct.unpack(">HBB", file.read(4))
        if zero != 0 or kind != UNSIGNED_BYTE:
            raise ValueError(f"{path}: not an IDX file of unsigned bytes")
        shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
        shape = (shape[0] if count is None else min(count, shape[0]), *shape[1:])
        return np.frombuffer(file.read(math.prod(shape)), np.uint8).reshape(shape)


def write(path, array):
    """Writes an array of unsigned bytes as a raw IDX file."""
    array = np.ascontiguousarray(array, np.uint8)
    header = struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    Path(path).write_bytes(header + array.tobytes())


def find(directory, name):
    """The file `name` of MNIST in a directory, raw or gzip."""
    for path in (Path(directory) / name, Path(directory) / f"{name}.gz"):
        if path.exists():
            return path
    raise FileNotFoundError(f"{directory} has neither {name} nor {name}.gz")


def images_and_labels(directory, part):
    """MNIST's images as [count, 784] bytes and its labels; `part` is 'train' or 't10k'."""
    images = read(find(directory, f"{part}-images-idx3-ubyte"))
    labels = read(find(directory, f"{part}-labels-idx1-ubyte"))
    return images.reshape(len(images), -1), labels
