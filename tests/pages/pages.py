"""The pages that users read, and the command lines on them."""
import pathlib
import re
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["README.md", "slurm/README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
# Its blocks are formulas. Its commands are in the text.
FORMULAS = "docs/arithmetic.md"
# What is in backquotes within a line is a command if it begins like one and has a second word.
INLINE = re.compile(r"(?:sae-mpi|scripts/\S+|tests/\S+|slurm/\S+|cmake|cpack|ctest|apt-get|man|python3) \S.*|"
                    r"(?:mpirun|mpiexec|srun|sbatch) .*(?:sae-mpi|\.sbatch).*")
ONE_OF_SEVERAL = re.compile(r" or |, ")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def without_fences(text):
    return FENCED.sub("", text)


@dataclass(frozen=True)
class Command:
    """A command line of a page, without the remark behind it."""

    page: str
    line: int
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}: {self.text}"


def code_lines(page):
    """(number, text) of each line of the page's code blocks: those indented by four, and fenced ones, with their fence's
    word in front of the text."""
    fence = None
    for number, line in enumerate((ROOT / page).read_text().splitlines(), 1):
        if line.startswith("```"):
            fence = line[3:] if fence is None else None
        elif fence is not None:
            yield number, fence, line
        elif line.startswith("    "):
            yield number, None, line[4:]


def block_commands(page):
    """Those of the indented blocks. A backslash at the end of a line joins the next one."""
    whole, first = "", None
    for number, fence, text in code_lines(page):
        if fence is not None or (text.startswith(" ") and not whole):
            continue
        whole, first = whole + text.strip(), first or number
        if whole.endswith("\\"):
            whole = whole[:-1]
            continue
        yield Command(page, first, re.split(r"\s{2,}", whole)[0])
        whole, first = "", None


def inline_commands(page):
    fence = False
    for number, line in enumerate((ROOT / page).read_text().splitlines(), 1):
        fence ^= line.startswith("```")
        if not fence and not line.startswith("    "):
            for text in re.findall(r"`([^`]+)`", line):
                if INLINE.fullmatch(text):
                    yield Command(page, number, text)


def commands():
    """All of them, in the order of the pages."""
    return [command for page in PAGES for found in
            ([] if page == FORMULAS else block_commands(page), inline_commands(page))
            for command in found]
