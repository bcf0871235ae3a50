#!/usr/bin/env python3
"""headers.py ROOT COMPILE_COMMANDS JOBS: every header of include/ and src/ compiles alone. The build shows it of a header
that the source of its name includes before all others; each other one is compiled here, with the flags of a source
of its layer. Exit status 1 if one does not, with the compiler's words, or if a header does not begin with
#pragma once."""
import concurrent.futures
import json
import pathlib
import shlex
import subprocess
import sys

from includes import includes, layer_of, sources


def flags(entry):
    """The command that compiles a source, without the source and the object."""
    words = shlex.split(entry["command"])
    kept, skip = [], False
    for word in words:
        if not skip and word not in ("-c", "-o", entry["file"]):
            kept.append(word)
        skip = word == "-o"
    return kept


def folder_of_sources(root, header):
    return header.parent if header.is_relative_to(root / "src") else root / "src" / layer_of(root, header)


def built(root, header, commands):
    """Whether the build has compiled the header before anything else in a file."""
    source = folder_of_sources(root, header) / (header.stem + ".cpp")
    if source not in commands:
        return False
    first = next((name for _, _, name in includes(source)), "")
    return header in (root / "include" / first, source.parent / first)


def complaint(root, header, commands):
    """What the compiler says to the header; empty if it takes it."""
    folder = folder_of_sources(root, header)
    entry = commands[min(path for path in commands if path.parent == folder)]
    done = subprocess.run([*flags(entry), "-fsyntax-only", "-x", "c++", "-"], input=f'#include "{header}"\n',
                          cwd=entry["directory"], capture_output=True, text=True, timeout=120)
    return done.stderr + f"exit status {done.returncode}" if done.returncode else ""


def main():
    root, jobs = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[3])
    entries = json.loads(pathlib.Path(sys.argv[2]).read_text())
    commands = {pathlib.Path(entry["file"]).resolve(): entry for entry in entries}
    headers = sources(root, ".hpp")
    broken = [(header, "it does not begin with #pragma once") for header in headers
              if not header.read_text().startswith("#pragma once\n")]
    left = [header for header in headers if not built(root, header, commands)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        said = list(pool.map(lambda header: complaint(root, header, commands), left))
    broken += [(header, f"it does not compile alone:\n{text}\n") for header, text in zip(left, said) if text]
    for header, text in broken:
        print(f"{header.relative_to(root)}: {text}")
    print(f"{len(headers)} headers, {len(left)} of them compiled here, {len(broken)} broken")
    sys.exit(1 if broken or not left else 0)


if __name__ == "__main__":
    main()
