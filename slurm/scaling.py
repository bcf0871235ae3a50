#!/usr/bin/env python3
"""scaling.py DIR: table.md and scaling.svg from the measurements strong-N.json and weak-N.json in DIR, which are the
output of `sae-mpi bench --json` on N ranks; prints the table. Standard library only."""
import json
import pathlib
import sys


def measurement(path):
    bench = json.loads(path.read_text())
    setting, evaluation, step = bench["setting"], bench["evaluation"], bench.get("step")
    return {"ranks": setting["ranks"], "threads": setting["threads"], "images": setting["train_count"],
            "hidden": setting["hidden"], "evaluation": evaluation["seconds"]["median"],
            "step": step["seconds"]["median"] if step else 0.0, "share": evaluation["share_of_peak"]["median"],
            "sha256": bench["sha256"]}


def series(directory, kind):
    rows = sorted(map(measurement, directory.glob(f"{kind}-*.json")), key=lambda row: row["ranks"])
    for row in rows:
        seconds, first = row["evaluation"] + row["step"], rows[0]["evaluation"] + rows[0]["step"]
        # Images a second, against those of the fewest ranks: so both kinds of scaling read alike.
        row["speedup"] = (row["images"] / seconds) / (rows[0]["images"] / first) * rows[0]["ranks"]
        row["efficiency"] = row["speedup"] / row["ranks"]
    return rows


def table(title, rows):
    lines = [f"{title}, {rows[0]['hidden']} hidden units, {rows[0]['threads']} thread(s) a rank", "",
             "| ranks | images | evaluation, s | step of L-BFGS, s | speed-up | efficiency | share of peak |",
             "|---:|---:|---:|---:|---:|---:|---:|"]
    for row in rows:
        lines.append(f"| {row['ranks']} | {row['images']} | {row['evaluation']:.4g} | {row['step']:.4g} | "
                     f"{row['speedup']:.2f} | {row['efficiency']:.0%} | {row['share']:.0%} |")
    return "\n".join(lines) + "\n"


def one_hash(rows):
    if len({row["sha256"] for row in rows}) == 1:
        return f"The parameters' SHA-256 is {rows[0]['sha256']} on every number of ranks.\n"
    return "The parameters differ between numbers of ranks: the nodes or the builds are not alike.\n"


WIDTH, HEIGHT, LEFT, TOP, SIDE = 760, 400, 60, 50, 280
COLOURS = {"strong": "#0b62a4", "weak": "#c4540a"}


class Panel:
    """A square plot with numbers of ranks from 1 on to the right, doubling at equal distances."""

    def __init__(self, left, title, ranks, top, doubling):
        self.left, self.ranks, self.top, self.doubling = left, ranks, top, doubling
        self.parts = [f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{title}</text>']

    def x(self, ranks):
        last = max(self.ranks).bit_length()
        return self.left + SIDE * (ranks / 2 ** (ranks.bit_length() - 1) - 1 + ranks.bit_length() - 1) / max(last, 1)

    def y(self, value):
        if self.doubling:
            whole = max(int(value), 1).bit_length() - 1
            value, top = whole + value / 2 ** whole - 1, max(int(self.top).bit_length(), 1)
        else:
            top = self.top
        return TOP + SIDE * (1 - value / top)

    def axes(self, values, text):
        self.parts.append(f'<path d="M{self.left} {TOP}v{SIDE}h{SIDE}" fill="none" stroke="#444"/>')
        for ranks in self.ranks:
            self.parts.append(f'<text x="{self.x(ranks):.1f}" y="{TOP + SIDE + 16}" text-anchor="middle">{ranks}'
                              '</text>')
        for value in values:
            y = self.y(value)
            self.parts.append(f'<path d="M{self.left} {y:.1f}h{SIDE}" stroke="#ddd"/><text x="{self.left - 6}" '
                              f'y="{y + 4:.1f}" text-anchor="end">{text(value)}</text>')
        self.parts.append(f'<text x="{self.left + SIDE / 2}" y="{TOP + SIDE + 34}" text-anchor="middle">ranks</text>')

    def line(self, points, colour, dashed=False):
        d = "M" + "L".join(f"{self.x(ranks):.1f} {self.y(value):.1f}" for ranks, value in points)
        style = 'stroke-dasharray="4 4"' if dashed else 'stroke-width="2"'
        self.parts.append(f'<path d="{d}" fill="none" stroke="{colour}" {style}/>')
        if not dashed:
            self.parts += [f'<circle cx="{self.x(ranks):.1f}" cy="{self.y(value):.1f}" r="4" fill="{colour}"/>'
                           for ranks, value in points]


def picture(kinds):
    ranks = sorted({row["ranks"] for rows in kinds.values() for row in rows})
    highest = max(max(row["efficiency"] for rows in kinds.values() for row in rows), 1) * 1.1
    speed = Panel(LEFT, "speed-up (dashed: ideal)", ranks, max(ranks), True)
    share = Panel(LEFT + SIDE + 90, "efficiency", ranks, highest, False)
    speed.axes(ranks, str)
    share.axes([0, 0.25, 0.5, 0.75, 1], lambda value: f"{value:.0%}")
    speed.line([(n, n) for n in ranks], "#444", dashed=True)
    share.line([(n, 1) for n in ranks], "#444", dashed=True)
    legend = ""
    for k, (kind, rows) in enumerate(kinds.items()):
        for panel, key in ((speed, "speedup"), (share, "efficiency")):
            panel.line([(row["ranks"], row[key]) for row in rows], COLOURS[kind])
        x = LEFT + 130 * k
        legend += (f'<circle cx="{x}" cy="{HEIGHT - 12}" r="4" fill="{COLOURS[kind]}"/>'
                   f'<text x="{x + 10}" y="{HEIGHT - 8}">{kind} scaling</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(speed.parts + share.parts) + legend +
            "\n</svg>\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    directory = pathlib.Path(sys.argv[1])
    kinds = {kind: rows for kind in ("strong", "weak") if (rows := series(directory, kind))}
    if not kinds:
        sys.exit(f"scaling.py: no strong-N.json and no weak-N.json in {directory}")
    text = "\n".join(table(f"{kind.capitalize()} scaling", rows) for kind, rows in kinds.items())
    if "strong" in kinds:
        text += "\n" + one_hash(kinds["strong"])
    (directory / "table.md").write_text(text)
    (directory / "scaling.svg").write_text(picture(kinds))
    print(text + f"written to {directory}: table.md, scaling.svg")


main()
