"""Malformed image files, raw and gzip, and directories of them."""
import bz2
import zlib

from bad_input_files import PIXELS, Case, directory, flip, gzip, idx, labels, link_to, pipe

TRAIN = ["train", "--train", "bad", "--output", "out", "--overwrite", "--quiet"]
MAGIC = r"expected an IDX file of unsigned bytes with 3 dimensions \(images\), magic number 0x00000803"
BIG = 2**32 - 1


def raw(name, contents, said):
    return Case("idx: " + name, TRAIN, r"cannot read bad: " + said, {"bad": contents})


def packed(name, contents, said):
    return Case("gzip: " + name, TRAIN, r"cannot read bad(?: \(gzip\))?: " + said, {"bad": contents})


def of_type(magic, text):
    return raw(f"magic {magic:#010x}", idx(magic=magic), rf".*{text}.*; {MAGIC}")


RAW = [
    raw("empty", b"", "empty, " + MAGIC),
    raw("one byte", b"\0", "truncated: ends after 1 bytes?, expected a header of 16 bytes"),
    raw("three bytes", b"\0\0\x08", "truncated: ends after 3 bytes, expected a header of 16 bytes"),
    raw("magic only", idx()[:4], "truncated: ends after 4 bytes, expected a header of 16 bytes"),
    raw("header cut short", idx()[:15], "truncated: ends after 15 bytes, expected a header of 16 bytes"),
    raw("labels", labels(), rf"an IDX file of unsigned bytes with 1 dimension \(labels\).*; {MAGIC}"),
    of_type(0x00000802, "unsigned bytes with 2 dimensions"),
    of_type(0x00000804, "unsigned bytes with 4 dimensions"),
    of_type(0x00000903, "signed bytes"),
    of_type(0x00000B03, "16-bit integers"),
    of_type(0x00000C03, "32-bit integers"),
    of_type(0x00000D03, "32-bit floats"),
    of_type(0x00000E03, "64-bit floats"),
    of_type(0x00000800, "no IDX file"),
    of_type(0x00000A03, "no IDX file"),
    of_type(0x01000803, "no IDX file"),
    of_type(0x03080000, "no IDX file"),  # little-endian
    raw("text", b"label,pixel0,pixel1\n5,0,0\n", f"no IDX file, .*; {MAGIC}"),
    raw("PNG", b"\x89PNG\r\n\x1a\n" + bytes(40), f"no IDX file, .*; {MAGIC}"),
    raw("zip", b"PK\3\4" + bytes(40), f"no IDX file, .*; {MAGIC}"),
    raw("bzip2", bz2.compress(idx()), f"no IDX file, .*; {MAGIC}"),
    raw("zlib", zlib.compress(idx()), f"no IDX file, .*; {MAGIC}"),
    raw("no images", idx(images=0), r"its header says 0 x 4 x 4, expected dimensions of at least 1"),
    raw("no rows", idx(rows=0), r"its header says 30 x 0 x 4, expected dimensions of at least 1"),
    raw("no columns", idx(columns=0), r"its header says 30 x 4 x 0, expected dimensions of at least 1"),
    raw("all zero", idx(0, 0, 0, pixels=b""), r"its header says 0 x 0 x 0, expected dimensions of at least 1"),
    raw("2^96 bytes", idx(BIG, BIG, BIG), r".* which is more than 2\^63 - 1 bytes"),
    raw("2^63 bytes", idx(2**31, 2**31, 2), r".* which is more than 2\^63 - 1 bytes"),
    raw("2^63 - 1 with the header", idx(2**31, 2**30, 4), r".* which is more than 2\^63 - 1 bytes"),
    raw("2^64 + 480 bytes", idx(2**31, 2**31, 4), r".* which is more than 2\^63 - 1 bytes"),
    raw("2^60 bytes", idx(2**30, 2**15, 2**15), r"it has 496 bytes, expected 1152921504606846992 bytes"),
    raw("a byte missing", idx()[:-1], r"it has 495 bytes, expected 496 bytes .*; is it truncated\?"),
    raw("an image missing", idx()[:-PIXELS], r"it has 480 bytes, expected 496 bytes .*; is it truncated\?"),
    raw("header only", idx(pixels=b""), r"it has 16 bytes, expected 496 bytes .*; is it truncated\?"),
    raw("a byte too many", idx() + b"\0", r"it has 497 bytes, expected 496 bytes .*; something follows the array"),
    raw("twice", idx() * 2, r"it has 992 bytes, expected 496 bytes .*; something follows the array"),
    raw("rows and columns for more", idx(rows=5), r"it has 496 bytes, expected 616 bytes"),
]

GZ = gzip(idx())
INSIDE = {
    "empty inside": (b"", "empty, " + MAGIC),
    "header cut short inside": (idx()[:9], "truncated: ends after 9 bytes, expected a header of 16 bytes"),
    "labels inside": (labels(), rf".*\(labels\).*; {MAGIC}"),
    "gzip inside": (GZ, f"no IDX file, .*; {MAGIC}"),
    "no images inside": (idx(images=0), "its header says 0 x 4 x 4, expected dimensions of at least 1"),
    "2^96 bytes inside": (idx(BIG, BIG, BIG), r".* more than 2\^63 - 1 bytes"),
    "2^60 bytes inside": (idx(2**30, 2**15, 2**15), r"its \d+ bytes of gzip cannot hold the expected 1152921504606846992"),
    "an image missing inside": (idx()[:-PIXELS], "it inflates to 480 bytes, expected 496 bytes"),
    "a byte too many inside": (idx() + b"\0", "it inflates to more than the expected 496 bytes"),
}
PACKED = [packed(name, gzip(contents), said) for name, (contents, said) in INSIDE.items()] + [
    packed("magic only", GZ[:2], "truncated: the file ends at byte 2, in the middle of its gzip data"),
    packed("gzip header only", GZ[:10], "truncated: the file ends at byte 10, in the middle of its gzip data"),
    packed("half", GZ[: len(GZ) // 2], r"truncated: the file ends at byte \d+, in the middle of its gzip data"),
    packed("without its end", GZ[:-8], "truncated: the file ends at byte .* gzip data; fetch it again"),
    packed("without its last byte", GZ[:-1], "truncated: the file ends at byte .* gzip data; fetch it again"),
    packed("other check sum", flip(GZ, -8), "corrupt gzip data found before byte .*incorrect data check"),
    packed("other length", flip(GZ, -2), "corrupt gzip data found before byte .*incorrect length check"),
    packed("a byte flipped", flip(gzip(idx(), 0), 100), "corrupt gzip data .* incorrect data check; fetch it again"),
    packed("unknown method", GZ[:2] + b"\7" + GZ[3:], "corrupt gzip data .*unknown compression method"),
    packed("reserved flags", GZ[:3] + b"\xe0" + GZ[4:], "corrupt gzip data .*unknown header flags set"),
    packed("reserved block", GZ[:10] + b"\7" + GZ[11:], "corrupt gzip data .*invalid block type"),
    packed("something behind zeros behind it", GZ + bytes(9) + b"more", "corrupt gzip data: zeros from byte .*; fetch it again"),
    packed("something behind it", GZ + b"more", "corrupt gzip data .*incorrect header check"),
    packed("second member cut", gzip(idx()[:99]) + gzip(idx()[99:])[:-9], "truncated: the file ends at byte"),
]


def path(name, make, said):
    return Case("path: " + name, TRAIN, said, {"bad": make} if make else {})


def data(name, said, **files):
    made = {"mnist": directory}
    made.update({f"mnist/{f.replace('_', '-')}-idx3-ubyte": contents for f, contents in files.items()})
    return Case("directory: " + name, ["train", "--data", "mnist", "--output", "out", "--overwrite", "--quiet"], said, made)


LONG = "a" * 300
PATHS = [
    path("missing", None, "cannot read bad: No such file or directory"),
    path("a directory", directory, "cannot read bad: it is a directory, expected a file"),
    path("a pipe", pipe, "cannot read bad: it is not a regular file"),
    path("a device", link_to("/dev/zero"), "cannot read bad: it is not a regular file"),
    path("a dangling link", link_to("nowhere"), "cannot read bad: No such file or directory"),
    path("a link to itself", link_to("bad"), "cannot read bad: Too many levels of symbolic links"),
    Case("path: behind a file", ["train", "--train", "images/x", "--output", "out", "--overwrite", "--quiet"],
         "cannot read images/x: Not a directory"),
    Case("path: too long a name", ["train", "--train", LONG, "--output", "out", "--overwrite", "--quiet"],
         f"cannot read {LONG}: File name too long"),
    Case("path: no test images", ["train", "--train", "images", "--test", "bad", "--output", "out", "--overwrite", "--quiet"],
         "cannot read bad: No such file or directory"),
    Case("path: test images cut short", ["train", "--train", "images", "--test", "bad", "--output", "out",
         "--overwrite", "--quiet"], r"cannot read bad: it has 495 bytes, expected 496 bytes", {"bad": idx()[:-1]}),
    Case("path: test images of another size", ["train", "--train", "images", "--test", "bad", "--output", "out",
         "--overwrite", "--quiet"], r".*bad.* 2 x 8.*expected.* 4 x 4", {"bad": idx(rows=2, columns=8)}),
    Case("directory: missing", ["train", "--data", "mnist", "--output", "out", "--overwrite", "--quiet"], r".*mnist.*"),
    Case("directory: a file", ["train", "--data", "images", "--output", "out", "--overwrite", "--quiet"], r".*images.*"),
    data("empty", r".*mnist.*train-images-idx3-ubyte"),
    data("training images only", r".*mnist.*t10k-images-idx3-ubyte", train_images=idx()),
    data("test images only", r".*mnist.*train-images-idx3-ubyte", t10k_images=idx()),
    data("labels for images", rf"cannot read mnist/train-images-idx3-ubyte: .*\(labels\).*; {MAGIC}",
         train_images=labels(), t10k_images=idx()),
    data("test images truncated", "cannot read mnist/t10k-images-idx3-ubyte: it has 495 bytes, expected 496",
         train_images=idx(), t10k_images=idx()[:-1]),
    data("test images of another size", r".*t10k-images-idx3-ubyte.* 2 x 8.*expected.* 4 x 4", train_images=idx(),
         t10k_images=idx(rows=2, columns=8)),
    Case("show: a file of labels", ["show", "--train", "bad", "--output", "out"], rf"cannot read bad: .*; {MAGIC}",
         {"bad": labels()}),
    Case("check-gradient: a file cut short", ["check-gradient", "--train", "bad"],
         "cannot read bad: it has 495 bytes, expected 496 bytes", {"bad": idx()[:-1]}),
]


def count(arguments, said):
    return Case("count: " + " ".join(arguments), arguments, said, {"mnist": directory,
                "mnist/train-images-idx3-ubyte": idx(), "mnist/t10k-images-idx3-ubyte": idx()})


OUT = ["--output", "out", "--overwrite", "--quiet"]
COUNTS = [
    count(["train", "--train", "images", "--train-count", "31", *OUT],
          "--train-count: 31 images are asked for, but images holds 30"),
    count(["train", "--train", "images", "--train-count", str(2**63 - 1), *OUT],
          "--train-count: 9223372036854775807 images are asked for, but images holds 30"),
    count(["train", "--train", "images", "--test", "images", "--test-count", "31", *OUT],
          "--test-count: 31 images are asked for, but images holds 30"),
    count(["train", "--data", "mnist", "--test-count", "10000", *OUT],
          "--test-count: 10000 images are asked for, but mnist/t10k-images-idx3-ubyte holds 30"),
    count(["show", "--data", "mnist", "--first", "10,31,30", "--output", "out"],
          "--first: 31 images are asked for, but mnist/train-images-idx3-ubyte holds 30"),
    count(["show", "--data", "mnist", "--first", "10", "--test-first", "100", "--output", "out"],
          "--test-first: 100 images are asked for, but mnist/t10k-images-idx3-ubyte holds 30"),
    count(["check-gradient", "--train", "images", "--train-count", "100"],
          "--train-count: 100 images are asked for, but images holds 30"),
    count(["evaluate", "--model", "model", "--train", "images", "--train-count", "31"],
          "--train-count: 31 images are asked for, but images holds 30"),
]

CASES = RAW + PACKED + PATHS + COUNTS
