#!/usr/bin/env python3
"""citation.py ROOT VERSION: CITATION.cff has the fields that its format needs, the version that the build has, and the
licence of LICENSE; its day of release is that of CHANGELOG.md."""
import pathlib
import re
import sys

FIELDS = ("cff-version", "message", "title", "authors", "version", "date-released", "license")


def main():
    root, version = pathlib.Path(sys.argv[1]), sys.argv[2]
    entries = dict(re.findall(r"^([a-z-]+): *(.*)$", (root / "CITATION.cff").read_text(), re.MULTILINE))
    problems = [f"no {field}" for field in FIELDS if field not in entries]
    if entries.get("version") != version:
        problems.append(f"version {entries.get('version')}, the build has {version}")
    days = re.findall(rf"^## \[{re.escape(version)}\] - (\S+)$", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    if days and entries.get("date-released") != days[0]:
        problems.append(f"released {entries.get('date-released')}, CHANGELOG.md says {days[0]}")
    first_line = (root / "LICENSE").read_text().splitlines()[0]
    if first_line != f"{entries.get('license')} License":
        problems.append(f"license {entries.get('license')}, LICENSE is the {first_line}")
    sys.exit("\n".join(f"CITATION.cff: {problem}" for problem in problems) or None)


if __name__ == "__main__":
    main()
