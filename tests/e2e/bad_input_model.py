"""Malformed model files."""
import json
import struct

from bad_input_files import (METADATA, PIXELS, Case, directory, doubles, gzip, idx, model, model_header,
                             model_tensors, pipe, safetensors, tensor_file)

EVALUATE = ["evaluate", "--model", "bad", "--train", "images", "--gradient", "out/gradient"]
INIT = ["train", "--init", "bad", "--train", "images", "--hidden", "3", "--output", "out", "--overwrite", "--quiet"]
FORMAT = "cannot read bad: not a valid safetensors file: "
WHOLE = model()
HEADER = WHOLE[8 : 8 + struct.unpack("<Q", WHOLE[:8])[0]]
DATA = WHOLE[8 + len(HEADER) :]


def case(name, contents, said, arguments=EVALUATE):
    return Case("model: " + name, arguments, said, {"bad": contents} if contents is not None else {})


def malformed(name, contents, said):
    return case(name, contents, FORMAT + said)


def retold(name, said, **changes):
    """The model with entries of its header changed."""
    return malformed(name, model_header(**changes), said)


LENGTHS = [
    malformed("empty", b"", "it has 0 bytes, expected a header length of 8"),
    malformed("seven bytes", WHOLE[:7], "it has 7 bytes, expected a header length of 8"),
    malformed("a header of 0 bytes", safetensors("", length=0), r".* 0 bytes by its length field, expected 2 to"),
    malformed("a header of 1 byte", safetensors("{", length=1), r".* 1 bytes by its length field, expected 2 to"),
    malformed("a header of 2^60 bytes", safetensors(HEADER, DATA, 2**60),
              r"its header has 1152921504606846976 bytes by its length field, but only \d+ follow"),
    malformed("a header of 2^63 bytes", safetensors(HEADER, DATA, 2**63), r".* 9223372036854775808 bytes .* follow"),
    malformed("a header of 2^64 - 1 bytes", safetensors(HEADER, DATA, 2**64 - 1), r".* 18446744073709551615 bytes"),
    malformed("a header longer than the file", safetensors(HEADER, b"", len(HEADER) + 1), r".* but only \d+ follow"),
    malformed("a header of 17 MiB", safetensors(b"{" + b" " * (17 << 20) + b"}"), r".* expected 2 to 16777216"),
    malformed("the last byte missing", WHOLE[:-1], r'tensor "b2" ends at byte \d+ of the data, which has \d+ bytes'),
    malformed("the data missing", WHOLE[: 8 + len(HEADER)], r".* ends at byte \d+ of the data, which has 0 bytes"),
    malformed("a byte too many", WHOLE + b"\0", r'1 bytes after "b2" belong to no tensor'),
]

TEXTS = [
    malformed("no JSON", safetensors("W1, W2, b1, b2"), r"the header is not JSON: error at its byte 1 of 14"),
    malformed("JSON cut short", safetensors(HEADER[:-1], DATA), "the header is not JSON: error at its byte"),
    malformed("a list", safetensors([1, 2]), "the header does not begin with {"),
    malformed("a blank first", safetensors(b" " + HEADER, DATA), "the header does not begin with {"),
    malformed("a zero byte", safetensors(HEADER + b"\0", DATA), "the header is not JSON: it holds a zero byte"),
    malformed("no UTF-8", safetensors(b'{"\xff": 1}'), "the header is not JSON: error at its byte"),
    malformed("a number out of range", safetensors('{"W1": 1e999}'), "the header holds a number that is out of range"),
    malformed("nested deeply", safetensors("[" * 50000 + "]" * 50000), "the header is nested deeper"),
    malformed("nested tensors", safetensors('{"a":{"b":{"c":{"d":{}}}}}'), "the header is nested deeper"),
    malformed("a tensor twice", safetensors(HEADER[:-1] + b"," + HEADER[HEADER.index(b'"b1"') :], DATA),
              r'"b1" occurs twice in the header'),
    malformed("a key twice", safetensors('{"a":{"dtype":"F64","dtype":"F32"}}'), r'"dtype" occurs twice'),
    malformed("a tensor that is a number", safetensors({"W1": 5}), 'the entry "W1" is not an object'),
    malformed("metadata a text", safetensors({"__metadata__": "x"}), "__metadata__ is not an object"),
    malformed("metadata a number", safetensors({"__metadata__": {"rho": 0.1}}), 'the metadata "rho" is not a text'),
]

ENTRIES = [
    retold("unknown type F16", r'tensor "W1" has the dtype "F16", expected F64, F32, I64 or U8', W1={"dtype": "F16"}),
    retold("unknown type", r'tensor "b2" has the dtype "\\u001b\[31m", expected F64', b2={"dtype": "\33[31m"}),
    retold("no type", r'tensor "W1" has no text "dtype"', W1={"dtype": None}),
    retold("a type that is a number", r'tensor "W1" has no text "dtype"', W1={"dtype": 64}),
    retold("no shape", r'tensor "W2" has no list "shape"', W2={"shape": None}),
    retold("a shape that is a number", r'tensor "W2" has no list "shape"', W2={"shape": 48}),
    retold("a negative extent", r'tensor "b1" has "-3" in its "shape", expected integers', b1={"shape": [-3]}),
    retold("a broken extent", r'tensor "b1" has "3.0" in its "shape", expected integers', b1={"shape": [3.0]}),
    retold("an extent of 2^64", r'tensor "b1" has .* in its "shape", expected integers', b1={"shape": [2**64]}),
    retold("an extent that is a text", r'tensor "b1" has .* in its "shape", expected integers', b1={"shape": ["3"]}),
    retold("a shape of 2^120", r'tensor "W1" with shape .* exceeds 2\^63 bytes', W1={"shape": [2**60, 2**60]}),
    retold("a shape of 2^64", r'tensor "W1" with shape .* exceeds 2\^63 bytes', W1={"shape": [2**32, 2**32]}),
    retold("a shape too large", r'tensor "W1" with shape \[4, 16\] of F64 needs 512 bytes', W1={"shape": [4, PIXELS]}),
    retold("a shape too small", r'tensor "b1" with shape \[2\] of F64 needs 16 bytes', b1={"shape": [2]}),
    retold("no offsets", r'tensor "W1" has no list "data_offsets"', W1={"data_offsets": None}),
    retold("one offset", r'tensor "W1" has 1 data_offsets, expected 2', W1={"data_offsets": [0]}),
    retold("three offsets", r'tensor "W1" has 3 data_offsets, expected 2', W1={"data_offsets": [0, 384, 385]}),
    retold("offsets the wrong way", r'tensor "W1" .* but its data_offsets are', W1={"data_offsets": [384, 0]}),
    retold("offsets of 2^63", r'tensor "W1" has .* in its "data_offsets", expected integers',
           W1={"data_offsets": [2**63, 2**63 + 384]}),
    retold("beyond the data", r'tensor "b2" ends at byte 1000128 of the data', b2={"data_offsets": [1000000, 1000128]}),
    retold("overlapping tensors", 'the tensors "W1" and "W2" overlap', W2={"data_offsets": [8, 392]}),
    retold("tensors on one another", 'the tensors "W[12]" and "W[12]" overlap', W2={"data_offsets": [0, 384]}),
    retold("a hole", r'384 bytes between "W1" and tensor "b1" belong to no tensor',
           W2={"shape": [0], "data_offsets": [0, 0]}),
    retold("a further key", 'tensor "b1" has more than dtype, shape and data_offsets', b1={"strides": [1]}),
]


def without(name):
    return case("no " + name, model(**{name: None}), f'cannot read bad: it has no tensor "{name}"; it has "[Wb]')


def spoilt(name, position, value):
    dtype, shape, contents = model_tensors()[name]
    contents = contents[: 8 * position] + doubles(value) + contents[8 * position + 8 :]
    return model(**{name: (dtype, shape, contents)})


def shaped(hidden=3, inputs=PIXELS, outputs=PIXELS):
    return tensor_file(model_tensors(hidden, inputs, outputs), METADATA)


FLOATS = struct.pack("<3f", 0, float("nan"), 0)
CONTENTS = [
    *[without(name) for name in ("W1", "W2", "b1", "b2")],
    case("no tensors", safetensors("{}"), 'cannot read bad: it has no tensor "W1"; it has none'),
    case("integers", model(b1=("I64", [3], bytes(24))), 'cannot read bad: tensor "b1" holds I64, expected F64 or F32'),
    case("bytes", model(b2=("U8", [16], bytes(16))), 'cannot read bad: tensor "b2" holds U8, expected F64 or F32'),
    case("NaN", spoilt("W1", 17, float("nan")), r"cannot read bad: W1\[1, 1\] is -?nan, expected a finite number"),
    case("infinity", spoilt("W2", 4, float("inf")), r"cannot read bad: W2\[1, 1\] is inf, expected a finite number"),
    case("minus infinity", spoilt("b1", 2, float("-inf")), r"cannot read bad: b1\[2\] is -inf, expected a finite"),
    case("NaN, last", spoilt("b2", 15, float("nan")), r"cannot read bad: b2\[15\] is -?nan, expected a finite number"),
    case("NaN in F32", model(b1=("F32", [3], FLOATS)), r"cannot read bad: b1\[1\] is -?nan, expected a finite number"),
    case("NaN to start from", spoilt("W1", 0, float("nan")), r"cannot read bad: W1\[0, 0\] is -?nan", INIT),
    case("W1 a vector", model(W1=("F64", [48], bytes(384))), r'.* "W1" has the shape \[48\], expected a matrix'),
    case("W1 a cube", model(W1=("F64", [3, 4, 4], bytes(384))), r'.* "W1" has the shape \[3, 4, 4\], expected a matrix'),
    case("W2 empty", model(W2=("F64", [0, 3], b"")), r'.* "W2" has the shape \[0, 3\], expected a matrix that is not'),
    case("W2 for other units", model(W2=("F64", [8, 6], bytes(384))), r".* W1 has .* W2 \[8, 6\], expected .* one hidden"),
    case("W2 transposed", model(W2=("F64", [3, 16], bytes(384))), r".* W1 has .* W2 \[3, 16\], expected .* one hidden"),
    case("b1 too short", model(b1=("F64", [2], bytes(16))), r'.* "b1" has the shape \[2\], expected \[3\]'),
    case("b2 too long", model(b2=("F64", [17], bytes(136))), r'.* "b2" has the shape \[17\], expected \[16\]'),
    case("b1 a matrix", model(b1=("F64", [3, 1], bytes(24))), r'.* "b1" has the shape \[3, 1\], expected \[3\]'),
    case("for larger images", shaped(inputs=784, outputs=784), r"--model bad: .* 784 pixels .* images have 16"),
    case("other outputs", shaped(outputs=4), r"--model bad: .* 16 pixels and gives 4, but the images have 16"),
    case("larger images to start from", shaped(inputs=25, outputs=25), r"--init bad: a network 25-3-25.*16-3-16", INIT),
    case("other units to start from", shaped(hidden=5), r"--init bad: a network 16-5-16.*16-3-16", INIT),
    case("weights that overflow", model(W1=("F64", [3, 16], doubles(*[1e308] * 48))), r"--model bad: the cost is not finite"),
    case("weights that overflow, to start from", model(W1=("F64", [3, 16], doubles(*[1e308] * 48))), r".*not finite", INIT),
]


def told(key, value, expected):
    return case(f"{key} = {value}", model({**METADATA, key: value}),
                rf"(cannot read )?bad: .*{key}.*{value}.*expected {expected}")


SETTINGS = [
    told("lambda", "-1", "a number from 0 on"), told("lambda", "much", "a number"), told("lambda", "nan", "a number"),
    told("rho", "0", "a number between 0 and 1"), told("rho", "1.5", "a number between 0 and 1"),
    told("beta", "-0.5", "a number from 0 on"), told("beta", "inf", "a number"), told("beta", "", "a number"),
    told("train_count", "0", "at least 1"), told("train_count", "many", "a whole number"),
    case("trained on more images", model({**METADATA, "train_count": "31"}),
         r".*train.count.*31.*images holds 30"),
]

PATHS = [
    case("missing", None, "cannot read bad: No such file or directory"),
    case("missing to start from", None, "cannot read bad: No such file or directory", INIT),
    case("a directory", directory, "cannot read bad: it is a directory, expected a file"),
    case("a directory to start from", directory, "cannot read bad: it is a directory, expected a file", INIT),
    case("a pipe", pipe, "cannot read bad: it is not a regular file"),
    malformed("packed", gzip(WHOLE), r"its header has \d+ bytes by its length field"),
    malformed("images", idx(), r"its header has \d+ bytes by its length field"),
    malformed("NumPy's", b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'}", r"its header has \d+ bytes by its length field"),
    malformed("JSON", json.dumps({"W1": [1, 2]}).encode(), r"its header has \d+ bytes by its length field"),
    Case("model: gradient into no directory", ["evaluate", "--model", "model", "--train", "images", "--gradient",
         "none/g"], r"cannot write none/g: .*No such file or directory"),
    Case("model: gradient over a directory", ["evaluate", "--model", "model", "--train", "images", "--gradient",
         "out"], "cannot write out: it exists and is not a regular file; give another name"),
    case("trained on more digits than there are bytes", model({**METADATA, "train_count": str(2**62)}),
         "4611686018427387904 images or columns are asked for, expected at most",
         ["evaluate", "--model", "bad"]),
]

CASES = LENGTHS + TEXTS + ENTRIES + CONTENTS + SETTINGS + PATHS
