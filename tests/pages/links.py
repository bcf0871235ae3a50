#!/usr/bin/env python3
"""links.py: every link of the documents to a file or to a heading of this project leads somewhere."""
import re
import sys

from pages import ROOT, without_fences

LINK = re.compile(r"\]\(([^)\s]+)\)")


def documents():
    """The Markdown files of the project."""
    return sorted(path for pattern in ("*.md", "docs/*.md", "slurm/**/*.md", "tests/**/*.md")
                  for path in ROOT.glob(pattern))


def headings(document):
    """The anchors that a web page of the document has: lower case, spaces become hyphens, no punctuation."""
    titles = re.findall(r"^#+ +(.*)$", without_fences(document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken(document):
    """The links of a document that lead nowhere."""
    for link in LINK.findall(without_fences(document.read_text())):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in headings(target)):
            yield link


def main():
    found = [f"{document}: {link}" for document in documents() for link in broken(document)]
    if found:
        sys.exit("links that lead nowhere:\n" + "\n".join(found))


if __name__ == "__main__":
    main()
