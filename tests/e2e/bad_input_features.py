"""Malformed input for encode, reconstruct and info, each message before anything is written."""
from bad_input_files import (Case, METADATA, directory, doubles, idx, labels, link_to, model, model_tensors,
                             safetensors, tensor_file)

ENCODE = ["encode", "--model", "model"]
RECONSTRUCT = ["reconstruct", "--model", "model"]
IMAGES = ["--images", "images"]
BAD = {"bad": idx(rows=5, pixels=bytes(30 * 20))}


def case(name, arguments, said, files=None, status=1, modes=None):
    return Case("features: " + name, arguments, said, files or {}, status, modes or {})


OPTIONS = [
    case("no model", ["encode", *IMAGES], "--model FILE is missing: model file", status=2),
    case("no file", ["info"], "--file FILE is missing: model or checkpoint", status=2),
    case("two sources", [*ENCODE, *IMAGES, "--train", "images"], "--images: cannot be given together with --train",
         status=2),
    case("a source and a directory", [*ENCODE, *IMAGES, "--data", "out"],
         "--images: cannot be given together with --data", status=2),
    case("a test output of one file", [*ENCODE, *IMAGES, "--test-output", "t.npy"],
         "--images: cannot be given together with --test-output", status=2),
    case("test images for nothing", [*ENCODE, "--train", "images", "--test", "images"],
         "--test: makes sense only with --test-output, which is missing", status=2),
    case("a count for nothing", [*ENCODE, "--test-count", "5"],
         "--test-count: makes sense only with --test-output, which is missing", status=2),
    case("no test images", [*ENCODE, "--train", "images", "--test-output", "t.npy"],
         "--test-output: with --train alone there are no test images; name them with --test", status=2),
    case("shown", [*RECONSTRUCT, *IMAGES, "--shown", "-1"], "--shown: expected a whole number from 0 to 100000, found",
         status=2),
    case("shown by encode", [*ENCODE, *IMAGES, "--shown", "5"], 'unknown option "--shown"', status=2),
    case("one place twice", [*ENCODE, "--output", "a.npy", "--test-output", "out/../a.npy"],
         "--test-output: out/../a.npy is also a file of --output; give another name", status=2),
    case("a picture in the place of rows", [*RECONSTRUCT, "--output", "a.npy", "--test-output", "a.png"],
         "--test-output: a.png is also a file of --output; give another name", status=2),
    case("over the model", [*ENCODE, *IMAGES, "--output", "model", "--overwrite"],
         "--output: model is also a file of --model; give another name", status=2),
    case("over the images", [*ENCODE, *IMAGES, "--output", "link", "--overwrite"],
         "--output: link is also a file of --images; give another name", {"link": link_to("images")}, status=2),
]

PLACES = [
    case("there already", [*ENCODE, *IMAGES, "--output", "out/note"],
         "--output: out/note exists already: give another name, or add --overwrite to replace it"),
    case("the second there already", [*ENCODE, "--train", "images", "--test", "images", "--test-output", "out/note"],
         "--test-output: out/note exists already"),
    case("a picture there already", [*RECONSTRUCT, *IMAGES, "--output", "a.npy"],
         "--output: a.png exists already", {"a.png": b"mine"}),
    case("no directory", [*ENCODE, *IMAGES, "--output", "none/a.npy"], "cannot write none/a.npy: No such file"),
    case("a directory", [*ENCODE, *IMAGES, "--output", "out", "--overwrite"],
         "cannot write out: it exists and is not a regular file"),
    case("more than the disk", [*ENCODE, "--train-count", str(2**53), "--output", "a.npy"],
         r"--output a.npy: the file would have 9007199254740992 x 3 numbers, .* room for",
         {"model": tensor_file(model_tensors(3, 784), METADATA)}),
    case("forbidden", [*ENCODE, *IMAGES, "--output", "out/a.npy"], "cannot write out/a.npy: Permission denied",
         modes={"out": 0o555}),
]

INPUTS = [
    case("other images", [*ENCODE, "--images", "bad"],
         "--model model: the network takes 16 pixels and gives 16, but the images have 20"),
    case("other test images", [*ENCODE, "--train", "images", "--test", "bad", "--test-output", "t.npy"],
         "--model model: the network takes 16 pixels and gives 16, but the images have 20"),
    case("other images to reconstruct", [*RECONSTRUCT, "--images", "bad"],
         "--model model: the network takes 16 pixels and gives 16, but the images have 20"),
    case("a network that gives no images", [*RECONSTRUCT, *IMAGES],
         "--model model: the network takes 16 pixels and gives 4, but the images have 16",
         {"model": tensor_file(model_tensors(outputs=4), METADATA)}),
    case("fewer images", [*ENCODE, *IMAGES, "--train-count", "31"],
         "--train-count: 31 images are asked for, but images holds 30"),
    case("fewer test images", [*ENCODE, "--train", "images", "--test", "images", "--test-output", "t.npy",
                               "--test-count", "31"], "--test-count: 31 images are asked for, but images holds 30"),
    case("no images", [*ENCODE, "--images", "none"], "cannot read none: No such file"),
    case("labels", [*ENCODE, "--images", "bad"], "cannot read bad: .*", {"bad": labels()}),
    case("a model that is none", [*ENCODE, *IMAGES], "cannot read model: .*", {"model": b"model" * 10}),
    case("weights that are none", [*RECONSTRUCT, *IMAGES], r"cannot read model: b1\[1\] is -?nan",
         {"model": model(b1=("F64", [3], doubles(0, float("nan"), 0)))}),
]
for bad in INPUTS[:3]:
    bad.files.update(BAD)


def checkpoint(metadata):
    """The frame of a checkpoint whose checksum is not even asked for."""
    tensors = {"theta": ("F64", [3 * 16 * 2 + 3 + 16], bytes(8 * 115)), "sha256": ("U8", [32], bytes(32))}
    return tensor_file(tensors, metadata)


INFO = [
    case("info of nothing", ["info", "--file", "none"], "cannot read none: No such file"),
    case("info of a directory", ["info", "--file", "bad"], "cannot read bad: it is a directory", {"bad": directory}),
    case("info of images", ["info", "--file", "images"], r"cannot read images: not a valid safetensors file: its header has"),
    case("info of another file", ["info", "--file", "bad"], 'cannot read bad: it has no tensor "W1"',
         {"bad": safetensors("{}")}),
    case("info of half a checkpoint", ["info", "--file", "bad"],
         "cannot read bad: not a checkpoint: its metadata has no format", {"bad": checkpoint({})}),
    case("info of a damaged number", ["info", "--file", "bad"], 'cannot read bad: its metadata has iterations = "many"',
         {"bad": model({"iterations": "many"})}),
]

CASES = OPTIONS + PLACES + INPUTS + INFO
