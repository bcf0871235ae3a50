"""Checkpoints that are damaged, of another run or of no run, and run directories that cannot be gone on with."""
import functools
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

from bad_input_files import Case, directory, doubles, flip, gzip, idx, model, tensor_file

NAME = "out/checkpoint-000003.safetensors"
OLDER = "out/checkpoint-000002.safetensors"
RUN = ["train", "--train", "images", "--threads", "1", "--quiet"]
RESUME = [*RUN, "--output", "out", "--resume"]


@functools.cache
def genuine():
    """A checkpoint as the program itself writes it, after 3 iterations on the images of the cases."""
    with tempfile.TemporaryDirectory(prefix="sae-bad-input-") as room:
        with open(os.path.join(room, "images"), "wb") as file:
            file.write(idx())
        subprocess.run([sys.argv[-1], *RUN, "--max-iterations", "3", "--checkpoint-every", "3", "--output", "out"],
                       cwd=room, check=True, capture_output=True, timeout=60)
        with open(os.path.join(room, NAME), "rb") as file:
            return file.read()


def header_of(contents):
    """(the header as an object, the data behind it)"""
    size = struct.unpack("<Q", contents[:8])[0]
    return json.loads(contents[8:8 + size]), contents[8 + size:]


def with_header(header, data):
    """A file of this header, whose checksum is right."""
    text = json.dumps(header).encode()
    body = struct.pack("<Q", len(text)) + text + data[:-32]
    return body + hashlib.sha256(body).digest()


def with_number(tensor, position, number):
    """One number of a tensor replaced; the checksum is right."""
    header, data = header_of(genuine())
    begin = header[tensor]["data_offsets"][0] + 8 * position
    return with_header(header, data[:begin] + doubles(number) + data[begin + 8:])


def with_shape(tensor, shape):
    header, data = header_of(genuine())
    header[tensor]["shape"] = shape
    return with_header(header, data)


def with_name(tensor, name):
    header, data = header_of(genuine())
    return with_header({name if key == tensor else key: value for key, value in header.items()}, data)


def with_metadata(**changes):
    header, data = header_of(genuine())
    header["__metadata__"].update(changes)
    return with_header(header, data)


def written(make):
    """What makes a file of a case with contents that are not known before the program has run."""
    def write(path):
        with open(path, "wb") as file:
            file.write(make())
    return write


def damaged(name, make, said):
    return Case("checkpoint: " + name, RESUME, "cannot resume from out: no checkpoint there is intact: " + said +
                ".*; start again in another directory, or with --overwrite", {NAME: written(make)})


def refused(name, make, said, arguments=()):
    return Case("checkpoint: " + name, [*RESUME, *arguments], f"cannot resume from {NAME}: " + said,
                {NAME: written(make)})


def other(option, value, said):
    return refused(f"of another {option}", genuine, f"it belongs to another run: .*{said}.*; resume with the checkpoint's "
                   "data and settings, or start again in another directory", [f"--{option}", value])


SHA = f"the checkpoint {NAME} is damaged: its SHA-256 is [0-9a-f]{{64}}, expected [0-9a-f]{{64}}"
READ = f"cannot read {NAME}: "

DAMAGED = [
    damaged("empty", lambda: b"", READ),
    damaged("seven bytes", lambda: genuine()[:7], READ),
    damaged("a header of 2^60 bytes", lambda: struct.pack("<Q", 2**60) + genuine()[8:], READ),
    damaged("header cut short", lambda: genuine()[:100], READ),
    damaged("header only", lambda: genuine()[:-len(header_of(genuine())[1])], READ),
    damaged("half", lambda: genuine()[:len(genuine()) // 2], READ),
    damaged("a byte missing", lambda: genuine()[:-1], READ),
    damaged("a byte too many", lambda: genuine() + b"\0", READ),
    damaged("twice", lambda: genuine() * 2, READ),
    damaged("gzip", lambda: gzip(genuine()), READ),
    damaged("a model", model, READ + "not a checkpoint: its metadata has no format"),
    damaged("images", idx, READ),
    damaged("a later format", lambda: with_metadata(format="sae-mpi checkpoint 2"),
            READ + 'not a checkpoint: its metadata has the format "sae-mpi checkpoint 2", expected "sae-mpi checkpoint 1"'),
    damaged("no checksum", lambda: tensor_file({"x": ("F64", [1], doubles(1))}, {"format": "sae-mpi checkpoint 1"}),
            READ + 'not a checkpoint: expected a tensor "sha256" of 32 U8 at its end'),
    damaged("a setting's byte flipped", lambda: genuine().replace(b'"lambda":"0.00', b'"lambda":"0.10', 1), SHA),
    damaged("the first number flipped", lambda: flip(genuine(), -len(header_of(genuine())[1])), SHA),
    damaged("the middle flipped", lambda: flip(genuine(), len(genuine()) // 2), SHA),
    damaged("the checksum flipped", lambda: flip(genuine(), -1), SHA),
    damaged("zeros behind the header", lambda: genuine()[:-1000] + bytes(1000), SHA),
    Case("checkpoint: two damaged", RESUME, "cannot resume from out: no checkpoint there is intact: " + SHA +
         f".*; cannot read {OLDER}: .*; start again in another directory",
         {NAME: written(lambda: flip(genuine(), -40)), OLDER: b"torn"}),
]

CONTENT = [
    refused("of another arithmetic", lambda: with_metadata(arithmetic="1"),
            "it was computed by version 1 of the arithmetic, this program computes by version [2-9].*; resume with a "
            "program of version 1, or start again in another directory"),
    Case("checkpoint: of an arithmetic that is no number", RESUME,
         f'cannot read {NAME}: its metadata has arithmetic = "two", expected a whole number',
         {NAME: written(lambda: with_metadata(arithmetic="two"))}),
    refused("NaN in theta", lambda: with_number("theta", 0, float("nan")), 'the tensor "theta" holds numbers that are not'),
    refused("Inf in the gradient", lambda: with_number("gradient", 7, float("inf")), 'the tensor "gradient" holds numbers'),
    refused("NaN in a pair", lambda: with_number("pairs", 99, float("nan")), 'the tensor "pairs" holds numbers that are not'),
    refused("NaN as the cost", lambda: with_number("state", 3, float("nan")), "optimiser state: its cost or gradient is not"),
    refused("-1 iterations", lambda: with_number("state", 0, -1), "optimiser state: a count is -1.*, expected a whole number"),
    refused("1e300 evaluations", lambda: with_number("state", 1, 1e300), "optimiser state: a count is 1.*, expected a whole"),
    refused("half a pair", lambda: with_number("state", 10, 1.5), "optimiser state: a count is 1.5.*, expected a whole"),
    refused("more pairs than numbers", lambda: with_number("state", 10, 9), "optimiser state: "),
    refused("2^50 old costs", lambda: with_number("state", 11, 2**50), "optimiser state: it ends early"),
    refused("theta of another shape", lambda: with_shape("theta", [1, *header_of(genuine())[0]["theta"]["shape"]]), '.*"theta".*'),
    refused("no gradient", lambda: with_name("gradient", "gradjent"), '.*"gradient".*'),
    refused("no state", lambda: with_name("state", "State"), '.*"state".*'),
]

OTHER = [
    other("hidden", "4", 'hidden is "[^"]*" there and "4" here'),
    other("lambda", "0.5", 'lambda is "[^"]*" there and "0.5" here'),
    other("rho", "0.2", 'rho is "[^"]*" there and "0.2" here'),
    other("beta", "0", 'beta is "[^"]*" there and "0" here'),
    other("seed", "77", 'seed is "[^"]*" there and "77" here'),
    other("history", "5", 'history is "[^"]*" there and "5" here'),
    other("precision", "single", 'precision is "double" there and "single" here'),
    other("gradient-tolerance", "0.5", 'gradient-tolerance is "[^"]*" there and "0.5" here'),
    other("train-count", "20", 'images_sha256 is .* there and .* here, train-count is "30" there and "20" here'),
    refused("of another start", genuine, "it belongs to another run: .*init_sha256 is absent there and ",
            ["--init", "model", "--hidden", "3"]),
    Case("checkpoint: of other images", RESUME, f"cannot resume from {NAME}: it belongs to another run: images_sha256 is",
         {NAME: written(genuine), "images": flip(idx(), 100)}),
    refused("fewer iterations asked for", genuine, "it has 3 iterations behind it, more than the 2 asked for; give at "
            "least as many", ["--max-iterations", "2"]),
]

PLACES = [
    Case("checkpoint: a run that has not ended", [*RUN, "--output", "begun"],
         "--output begun: holds the checkpoints of a run that has not ended: add --resume to continue from them, "
         "--overwrite to start again, or name another directory",
         {"begun": directory, NAME.replace("out", "begun"): written(genuine)}),
    Case("checkpoint: gone, the result is there", RESUME, r"--output out: holds a result \(model.safetensors\): "),
    Case("checkpoint: a directory", RESUME, r"--output out: holds a result \(model.safetensors\): ", {NAME: directory}),
    Case("permission: checkpoint", RESUME, f"cannot resume from out: no checkpoint there is intact: {READ}Permission denied",
         {NAME: written(genuine)}, 1, {NAME: 0}),
    Case("permission: going on where nothing may be written", [*RESUME, "--max-iterations", "9"],
         r".*cannot write out/config.ini: Permission denied.*", {NAME: written(genuine)}, 1, {"out": 0o555}),
]

CASES = DAMAGED + CONTENT + OTHER + PLACES
