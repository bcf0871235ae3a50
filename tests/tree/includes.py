"""The project's sources, what they include, and the layer that each belongs to."""
import re

LAYERS = ("core", "data", "mpi", "train", "report", "cli", "app")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def sources(root, *endings):
    """The files of include/ and src/ with these endings."""
    found = [path for folder in ("include", "src") for path in (root / folder).rglob("*") if path.suffix in endings]
    return sorted(found)


def layer_of(root, path):
    """include/sae/LAYER/... and src/LAYER/... belong to LAYER."""
    parts = path.relative_to(root).parts
    return parts[2] if parts[0] == "include" else parts[1]


def includes(path):
    """(line, '<' or '"', name) of each include."""
    text = path.read_text()
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start(1)) + 1, match[1], match[2]
