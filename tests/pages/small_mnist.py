"""Digits that the program draws, under the names of MNIST's files."""
import struct
import subprocess


def write(directory, write_digits, train, test):
    """A directory like MNIST's, with so many training and test images; their labels are 0 to 9 in turn."""
    directory.mkdir()
    for part, count in (("train", train), ("t10k", test)):
        subprocess.run([write_digits, directory / f"{part}-images-idx3-ubyte", str(count)], check=True)
        labels = struct.pack(">2I", 0x801, count) + bytes(i % 10 for i in range(count))
        (directory / f"{part}-labels-idx1-ubyte").write_bytes(labels)
