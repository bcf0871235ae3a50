#!/usr/bin/env python3
"""Every link of the documents to a file or to a heading of this project leads somewhere.

    links.py SOURCE_DIRECTORY
"""
import re
import sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def documents(root):
    """The Markdown files of the project."""
    return sorted(path for pattern in ("*.md", "docs/*.md", "slurm/**/*.md", "tests/**/*.md")
                  for path in root.glob(pattern))


def headings(document):
    """The anchors that a web page of the document has: lower case, spaces become hyphens, no punctuation."""
    titles = re.findall(r"^#+ +(.*)$", FENCE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken(document):
    """The links of a document that lead nowhere."""
    for link in LINK.findall(FENCE.sub("", document.read_text())):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in headings(target)):
            yield link


def main():
    found = [f"{document}: {link}" for document in documents(Path(sys.argv[1])) for link in broken(document)]
    if found:
        sys.exit("links that lead nowhere:\n" + "\n".join(found))


if __name__ == "__main__":
    main()
