"""What the scripts of this directory print and save: aligned tables and JSON."""
import json
from pathlib import Path


def text(value):
    """A cell: numbers with about four digits, everything else as it is."""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


def render(headings, rows):
    """A table with a heading; first column to the left, the others to the right."""
    cells = [list(headings)] + [[text(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]

    def line(row):
        first, rest = row[0].ljust(widths[0]), [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        return "  ".join([first, *rest]).rstrip()

    return "\n".join([line(cells[0]), "  ".join("-" * width for width in widths)] + [line(row) for row in cells[1:]])


def save(path, result):
    """Writes `result` as JSON if a path is given."""
    if path:
        Path(path).write_text(json.dumps(result, indent=2) + "\n")
