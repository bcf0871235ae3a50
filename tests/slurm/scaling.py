#!/usr/bin/env python3
"""scaling.py PROGRAM: scaling.sbatch measures 1, 2 and 4 ranks on two nodes, and leaves a table, a picture that is
XML, and one hash for all numbers of ranks; what was measured is not measured again."""
import os
import subprocess
import sys
import xml.etree.ElementTree

from cluster import Lab, check, room, skip, submit

PROGRAM = sys.argv[1]


def main():
    if subprocess.run([PROGRAM, "bench", "--help"], capture_output=True, timeout=60).returncode != 0:
        skip("this sae-mpi has no bench")
    with room() as place, Lab(place, 2):
        os.chdir(place)
        line = ["--hidden", 10, "--train-count", 400, "--repeat", 2, "--history", 3, "--output", "measured"]
        options = {"options": ["--nodes=2", "--ntasks-per-node=2"], "environment": {"SAE_MPI": PROGRAM}.items()}
        text = submit("scaling.sbatch", *line, **options).wait("COMPLETED")
        files = {path.name for path in (place / "measured").iterdir()}
        wanted = {f"{kind}-{ranks}.json" for kind in ("strong", "weak") for ranks in (1, 2, 4)}
        check(files == wanted | {"table.md", "scaling.svg"}, "six measurements, a table and a picture")
        table = (place / "measured" / "table.md").read_text()
        check(table in text and "on every number of ranks" in table, "the table is printed; one hash")
        rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| ") and "ranks" not in line]
        check([tuple(map(int, row)) for row in rows] == [(1, 400), (2, 400), (4, 400), (1, 100), (2, 200), (4, 400)],
              "ranks and images of strong and weak scaling")
        tree = xml.etree.ElementTree.parse(place / "measured" / "scaling.svg")
        check(len(tree.findall(".//{http://www.w3.org/2000/svg}circle")) == 14, "a point for each measurement")
        again = submit("scaling.sbatch", *line, **options).wait("COMPLETED")
        check("scaling: " in text and "scaling: " not in again and table in again,
              "what is measured is not measured again")


main()
