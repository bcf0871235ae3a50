#!/usr/bin/env python3
"""form.py: the files that the pages name in their text exist, no line of a code block is so long that it would scroll, and
the SHA-256s of README.md are those of docs/mnist-hashes.md. The test links follows the links."""
import re
import sys

from pages import PAGES, ROOT, code_lines, without_fences

WIDEST = 96  # characters that fit in a code block of a page on GitHub
OTHERS = ["CONTRIBUTING.md", "CHANGELOG.md"]
PATH = re.compile(r"`((?:docs|include|scripts|slurm|src|tests)/[a-z_./-]*[a-z_/])`")


def without_code(text):
    return "\n".join(line for line in without_fences(text).splitlines() if not line.startswith("    "))


def exists(path):
    """Whether it is a file or a folder of the project, a source or a header without its ending included."""
    return (ROOT / path).exists() or any((ROOT / f"{path}{ending}").exists() for ending in (".cpp", ".hpp"))


def problems(page):
    text = (ROOT / page).read_text()
    for path in PATH.findall(without_code(text)):
        if not exists(path):
            yield f"{page}: there is no {path}"
    for number, fence, line in code_lines(page):
        if len(line) > WIDEST and fence != "math":
            yield f"{page}:{number}: {len(line)} characters in a line of code, at most {WIDEST}"


def hashes(page):
    return set(re.findall(r"`([0-9a-f]{64})`", (ROOT / page).read_text()))


def main():
    found = [problem for page in [*PAGES, *OTHERS] for problem in problems(page)]
    # The test mnist_hashes compares that page with trainings.
    found += [f"README.md: docs/mnist-hashes.md does not have {each}" for each in
              sorted(hashes("README.md") - hashes("docs/mnist-hashes.md"))]
    print("\n".join(found) or f"{len(PAGES) + len(OTHERS)} pages")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
