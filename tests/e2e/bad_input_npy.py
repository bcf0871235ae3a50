"""Malformed .npy files of images, raw and gzip."""
from bad_input_files import IMAGES, SIDE, Case, gzip, npy

TRAIN = ["train", "--train", "bad", "--output", "out", "--overwrite", "--quiet"]
SHAPE = (IMAGES, SIDE, SIDE)
GOOD = npy(SHAPE)


def raw(name, contents, said):
    return Case("npy: " + name, TRAIN, r"cannot read bad(?: \(gzip\))?: " + said, {"bad": contents})


def of_type(kind, line):
    return raw("type " + kind, npy(SHAPE, kind), rf'.*type "{kind}", expected unsigned bytes, .*{line}'.replace("|", r"\|"))


CASES = [
    of_type("<f8", r"numpy.save\(.images.npy., \(255 \* a\)"),
    of_type("<f4", r"numpy.save\(.images.npy., \(255 \* a\)"),
    of_type("|b1", r"numpy.save\(.images.npy., 255 \* a.astype"),
    of_type("<i8", r"numpy.save\(.images.npy., a.astype"),
    of_type("<U4", ""),
    raw("Fortran order", npy(SHAPE, fortran=True), r".*Fortran order.*numpy.save\(.*ascontiguousarray"),
    raw("one dimension", npy((480,)), r"its array has 1 dimension, 480; expected \[images, rows, cols\]"),
    raw("colour", npy((10, 4, 4, 3)), r"its array has 4 dimensions, 10 x 4 x 4 x 3; .*mean\(axis=3\)"),
    raw("no images", npy((0, 4, 4), contents=b""), "its header says 0 x 4 x 4, expected dimensions of at least 1"),
    raw("2^64 bytes", npy((2**62, 2, 2)), r"its header says .*, which is more than 2\^63 - 1 bytes"),
    raw("2^60 bytes", npy((2**30, 2**15, 2**15)), "it has 608 bytes, expected 1152921504606847104 bytes"),
    raw("a byte missing", GOOD[:-1], r"it has 607 bytes, expected 608 bytes .*; is it truncated\?"),
    raw("a byte too many", GOOD + b"\0", "it has 609 bytes, expected 608 bytes .*; something follows the array"),
    raw("header cut short", GOOD[:50], "truncated: ends after 50 bytes, expected a .npy file's header of 128"),
    raw("magic only", GOOD[:6], "truncated: ends after 6 bytes, expected a .npy file's header of at least 8"),
    raw("version 4", npy(SHAPE, version=4), "a .npy file of version 4.0, expected 1.0, 2.0 or 3.0"),
    raw("a header of 4 GiB", GOOD[:6] + b"\2\0" + b"\xff" * 4 + GOOD[12:], "the description of its array has 4294967295 bytes"),
    raw("no dictionary", GOOD.replace(b"{", b"["), "its header does not describe an array: "),
    raw("a byte missing inside gzip", gzip(GOOD[:-1]), "it inflates to 607 bytes, expected 608 bytes"),
    raw("a byte too many inside gzip", gzip(GOOD + b"\0"), "it inflates to more than the expected 608 bytes"),
]
