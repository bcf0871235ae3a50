"""The other side of python_formats_test.cpp: reads and writes the same files with NumPy alone."""
import json
import sys

import numpy as np

SHAPES = {"W1": (3, 5), "W2": (4, 3), "b1": (3,), "b2": (4,)}


def element(index):
    return (np.asarray(index, dtype=float) - 7) / 3


def read_safetensors(path):
    content = open(path, "rb").read()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    return metadata, {
        name: np.frombuffer(content, "<f8", int(np.prod(t["shape"])), 8 + size + t["data_offsets"][0]).reshape(t["shape"])
        for name, t in header.items()
    }


def check_model(path):
    metadata, tensors = read_safetensors(path)
    assert metadata == {"lambda": "0.1", "name": "\u00e9"}, metadata
    assert list(tensors) == list(SHAPES), list(tensors)
    begin = 0
    for name, shape in SHAPES.items():
        expected = element(np.arange(begin, begin + np.prod(shape))).reshape(shape)
        assert np.array_equal(tensors[name], expected), name
        begin += int(np.prod(shape))


def write_model(path, dtype):
    """Writes the tensors in the reverse order, without metadata and without padding."""
    number = {"F64": "<f8", "F32": "<f4"}[dtype]
    header, data, begin = {}, b"", sum(int(np.prod(s)) for s in SHAPES.values())
    for name, shape in reversed(SHAPES.items()):
        begin -= int(np.prod(shape))
        content = element(np.arange(begin, begin + np.prod(shape))).astype(number).tobytes()
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": offsets}
        data += content
    text = json.dumps(header).encode()
    open(path, "wb").write(len(text).to_bytes(8, "little") + text + data)


def check_npy(path):
    array = np.load(path)
    assert array.dtype == np.float64 and array.flags.c_contiguous
    assert np.array_equal(array, element(np.arange(42)).reshape(6, 7))


def write_images(directory):
    """Writes the pixels 0, 1, 2, ... 119 as NumPy would, in several ways: a file for each."""
    images = np.arange(120, dtype="uint8").reshape(4, 5, 6)
    ways = {"version-1": images, "version-2": images, "version-3": images, "pixels": images.reshape(4, 30),
            "fortran": np.asfortranarray(images), "float": images / 255, "bool": images > 60}
    for name, array in ways.items():
        with open(f"{directory}{name}.npy", "wb") as file:
            np.lib.format.write_array(file, array, version={"2": (2, 0), "3": (3, 0)}.get(name[-1], (1, 0)))


def convert_images(path, message):
    """Runs the line of NumPy that the message of a refused array has, on that array."""
    line = "numpy.save(" + message.split("numpy.save(", 1)[1]
    exec(line.replace('"images.npy"', repr(path)), {"numpy": np, "a": np.load(path)})


if __name__ == "__main__":
    {"check-model": check_model, "write-model": write_model, "check-npy": check_npy,
     "write-images": write_images, "convert-images": convert_images}[sys.argv[1]](*sys.argv[2:])
