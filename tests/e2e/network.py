"""The network worked out by loops over numbers, and the files that others write and read: the standard library only."""
import json
import math
import struct
import zlib
from dataclasses import dataclass

from bad_input_files import doubles, tensor_file

NAMES = ("W1", "W2", "b1", "b2")


@dataclass
class Network:
    """Rows of numbers: W1 [h][v], W2 [v][h]; b1 [h], b2 [v]."""

    W1: list
    W2: list
    b1: list
    b2: list

    def numbers(self):
        """All parameters in theta's order."""
        return [w for matrix in (self.W1, self.W2) for row in matrix for w in row] + self.b1 + self.b2

    def write(self, path, metadata=None):
        """As other programs might: the tensors in another order."""
        tensors = {}
        for name in reversed(NAMES):
            value = getattr(self, name)
            matrix = isinstance(value[0], list)
            flat = [w for row in value for w in row] if matrix else value
            tensors[name] = ("F64", [len(value), len(value[0])] if matrix else [len(value)], doubles(*flat))
        path.write_bytes(tensor_file(tensors, metadata))


def read_network(path):
    """(Network, metadata) of a safetensors file of F64."""
    contents = path.read_bytes()
    (size,) = struct.unpack_from("<Q", contents)
    header = json.loads(contents[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    assert sorted(header) == sorted(NAMES), header
    values = {}
    for name, tensor in header.items():
        assert tensor["dtype"] == "F64", tensor
        begin, end = tensor["data_offsets"]
        flat = list(struct.unpack_from(f"<{(end - begin) // 8}d", contents, 8 + size + begin))
        shape = tensor["shape"]
        values[name] = flat if len(shape) == 1 else [flat[i : i + shape[1]] for i in range(0, len(flat), shape[1])]
    return Network(**values), metadata


def some_network(inputs, hidden):
    """Weights without a pattern, the same each time."""
    def numbers(count, first):
        return [math.sin(1.7 * (first + i) ** 1.1) / 3 for i in range(count)]

    return Network([numbers(inputs, 100 * j) for j in range(hidden)],
                   [numbers(hidden, 7000 + 10 * k) for k in range(inputs)], numbers(hidden, 1), numbers(inputs, 50))


def logistic(z):
    return 1 / (1 + math.exp(-z))


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b))


def evaluate(net, images, weight_decay, rho, beta):
    """(terms of the cost, mean activations, gradient as a Network) of the autoencoder on rows of numbers."""
    m = len(images)
    hidden = [[logistic(dot(w, x) + b) for w, b in zip(net.W1, net.b1)] for x in images]
    outputs = [[logistic(dot(w, a) + b) for w, b in zip(net.W2, net.b2)] for a in hidden]
    means = [math.fsum(column) / m for column in zip(*hidden)]
    delta3 = [[(a - y) * a * (1 - a) for a, y in zip(out, x)] for out, x in zip(outputs, images)]
    pull = [beta * (-rho / q + (1 - rho) / (1 - q)) for q in means]
    columns = list(zip(*net.W2))
    delta2 = [[(dot(column, d) + p) * a * (1 - a) for column, p, a in zip(columns, pull, activations)]
              for d, activations in zip(delta3, hidden)]
    squares = math.fsum((a - y) ** 2 for out, x in zip(outputs, images) for a, y in zip(out, x))
    weights = math.fsum(w * w for matrix in (net.W1, net.W2) for row in matrix for w in row)
    divergence = math.fsum(rho * math.log(rho / q) + (1 - rho) * math.log((1 - rho) / (1 - q)) for q in means)
    terms = {"reconstruction": squares / (2 * m), "weight_decay": weight_decay / 2 * weights,
             "sparsity": beta * divergence}

    def slope(deltas, inputs, matrix):
        return [[dot(d, x) / m + weight_decay * w for x, w in zip(zip(*inputs), row)]
                for d, row in zip(zip(*deltas), matrix)]

    gradient = Network(slope(delta2, images, net.W1), slope(delta3, hidden, net.W2),
                       [math.fsum(d) / m for d in zip(*delta2)], [math.fsum(d) / m for d in zip(*delta3)])
    return terms, means, gradient


def read_png(path):
    """The rows of an 8-bit grey PNG file, as bytes."""
    contents = path.read_bytes()
    assert contents[:8] == b"\x89PNG\r\n\x1a\n"
    position, data = 8, b""
    while position < len(contents):
        size, kind = struct.unpack_from(">I4s", contents, position)
        body = contents[position + 8 : position + 8 + size]
        if kind == b"IHDR":
            width, height, *form = struct.unpack(">IIBBBBB", body)
            assert form == [8, 0, 0, 0, 0], form
        elif kind == b"IDAT":
            data += body
        position += 12 + size
    packed, rows, above = zlib.decompress(data), [], bytes(width)
    for y in range(height):
        kind, line = packed[y * (width + 1)], packed[y * (width + 1) + 1 : (y + 1) * (width + 1)]
        above = unfiltered(kind, line, above)
        rows.append(above)
    return rows


def unfiltered(kind, line, above):
    """A line of a PNG file, its filter undone."""
    row = bytearray(len(line))
    for x, value in enumerate(line):
        left, up, corner = (row[x - 1], above[x], above[x - 1]) if x else (0, above[x], 0)
        estimate = left + up - corner
        nearest = min((left, up, corner), key=lambda other: abs(estimate - other))
        row[x] = (value + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
    return bytes(row)
