"""Files for the table of malformed inputs: whole ones, and the ways to spoil them."""
import gzip as gzip_module
import json
import os
import struct
from dataclasses import dataclass, field

IMAGES, SIDE = 30, 4
PIXELS = SIDE * SIDE


@dataclass
class Case:
    """One malformed input. `said` is a regular expression for what the one message says after "sae-mpi: "."""

    name: str
    arguments: list
    said: str
    files: dict = field(default_factory=dict)  # path: bytes, or a function that makes it
    status: int = 1
    modes: dict = field(default_factory=dict)  # path: permissions; the case then runs as an ordinary user
    ranks: bool = False  # on several ranks only


def directory(path):
    os.mkdir(path)


def pipe(path):
    os.mkfifo(path)


def link_to(target):
    return lambda path: os.symlink(target, path)


def idx(images=IMAGES, rows=SIDE, columns=SIDE, magic=0x803, pixels=None):
    """An IDX file; its header may say anything."""
    if pixels is None:
        pixels = bytes(i * 7 % 251 for i in range(IMAGES * PIXELS))
    return struct.pack(">4I", magic, images, rows, columns) + pixels


def npy(shape, kind="|u1", fortran=False, contents=None, version=1):
    """A .npy file of this shape (a Python tuple); its header may say anything."""
    description = f"{{'descr': {kind!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    description = description.ljust(117) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(description))
    if contents is None:
        contents = bytes(i * 7 % 251 for i in range(IMAGES * PIXELS))
    return b"\x93NUMPY" + bytes([version, 0]) + length + description + contents


def labels():
    return struct.pack(">2I", 0x801, IMAGES) + bytes(i % 10 for i in range(IMAGES))


def gzip(contents, level=6):
    return gzip_module.compress(contents, level, mtime=0)


def flip(contents, position):
    """With all bits of one byte turned over."""
    spoilt = bytearray(contents)
    spoilt[position] ^= 0xFF
    return bytes(spoilt)


def doubles(*numbers):
    return struct.pack(f"<{len(numbers)}d", *numbers)


def safetensors(header, data=b"", length=None):
    """A safetensors file of any header, as text, bytes or an object to be written as JSON; the length may lie."""
    if not isinstance(header, (str, bytes)):
        header = json.dumps(header)
    if isinstance(header, str):
        header = header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def tensor_file(tensors, metadata=None):
    """A safetensors file of {name: (dtype, shape, bytes)}."""
    header, data = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, (dtype, shape, contents) in tensors.items():
        end = len(data) + len(contents)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), end]}
        data += contents
    return safetensors(header, data)


def model_tensors(hidden=3, inputs=PIXELS, outputs=None):
    outputs = outputs or inputs
    shapes = {"W1": [hidden, inputs], "W2": [outputs, hidden], "b1": [hidden], "b2": [outputs]}
    tensors = {}
    for name, shape in shapes.items():
        size = shape[0] * (shape[1] if len(shape) == 2 else 1)
        tensors[name] = ("F64", shape, doubles(*[0.01 * (i % 7 - 3) for i in range(size)]))
    return tensors


METADATA = {"lambda": "0.003", "rho": "0.1", "beta": "3"}


def model(metadata=METADATA, **tensors):
    """A model of 3 hidden units for the images above; a tensor can be replaced, or left out by None."""
    all_tensors = model_tensors()
    all_tensors.update(tensors)
    return tensor_file({name: t for name, t in all_tensors.items() if t is not None}, metadata)


def model_header(**changes):
    """The header of that model and its data; tensors' entries changed, or removed by None."""
    header, data = {}, b""
    for name, (dtype, shape, contents) in model_tensors().items():
        end = len(data) + len(contents)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), end]}
        data += contents
        for key, value in changes.get(name, {}).items():
            header[name][key] = value
            if value is None:
                del header[name][key]
    return safetensors(header, data)
