"""The picture of the house in README.md: rows as pyproject.toml has them, lines as the files have them.

`python -m tests.architecture.house` draws it anew; a test notices when it is out of date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.architecture.project import PACKAGE, REPOSITORY, layers
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import HERE, LEFT, READ, WRITTEN, Paint

PICTURE = REPOSITORY / ".github" / "house.svg"

# A row is recognised by a module in it; what a row is for, from the top of the house to its ground.
ROWS = {
    "bench": "measurements: the machine against others, every backend on the same work",
    "rollups": "layers beside the chain: sidechain, optimistic and zk-rollup",
    "backends": "ways to execute a block: one page a strategy, all equal to sequential",
    "simulation": "virtual cores, and what one core saw of another",
    "analysis": "conflicts; contracts of applications; blocks made of them; tools for people",
    "transition": "one transaction; what else a block does; roots and header",
    "vm": "the machine: one opcode table, two tiers",
    "state": "the door to state; the transaction in progress, with undo",
    "forks": "frozen values",
    "crypto": "hashes and curves, encodings, trees",
    "types": "locations, words; errors",
}
CLASSROOM = {
    ("lessons", "grading"): "one package each; marks",
    ("lab",): "bets, checks, hints, your working copy",
    ("kit",): "pictures, players, the stepper",
}
START = {"vm": "start here: opcodes, then interpreter", "transition": "then transition"}

LEFT_EDGE, WIDTH, HEIGHT, GAP, TOP = 16, 640, 34, 24, 96
RIGHT_EDGE, RIGHT_WIDTH = 720, 244


def lines_of(name: str, package: Path = PACKAGE) -> int:
    """Return the lines of a module or a package, rounded to 100 so that not every change moves the picture."""
    path = package / name
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    count = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    return round(count / 100) * 100


def rows() -> list[tuple[str, list[str]]]:
    """Return the rows of the system from the top down, and the modules that are there."""
    found = []
    for row in reversed(layers()):
        modules = sorted(name for name in row if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file())
        found += [(key, modules) for key in sorted(row & ROWS.keys()) if modules]
    return found


def box(x: float, y: float, width: float, name: str, lines: int, paint: Paint) -> str:
    words = svg.text(x + 8, y + 15, name, size=12, bold=True, ink=paint.ink)
    return (
        svg.box(x, y, width, HEIGHT, paint)
        + words
        + svg.note(x + 8, y + 29, f"{lines:,} lines" if lines else "< 50 lines")
    )


def share(name: str) -> int:
    return max(9, len(name) + 2)


def system() -> Iterator[str]:
    for place, (key, modules) in enumerate(rows()):
        y = TOP + place * (HEIGHT + GAP)
        x, room = float(LEFT_EDGE), WIDTH - 6 * (len(modules) - 1)
        for name in modules:  # a long name gets a wide box
            width = room * share(name) / sum(map(share, modules))
            yield box(x, y, width, name, lines_of(name), HERE if name in START else READ)
            x += width + 6
        yield svg.note(LEFT_EDGE + 4, y + HEIGHT + 15, ROWS[key])
        if key in START:
            yield svg.note(LEFT_EDGE + WIDTH - 14, y + HEIGHT + 15, START[key], ink=HERE.line, anchor="end")
        if place + 1 < len(rows()):
            yield svg.arrow([(LEFT_EDGE + WIDTH - 6, y + HEIGHT), (LEFT_EDGE + WIDTH - 6, y + HEIGHT + GAP)], READ.line)


def classroom() -> Iterator[str]:
    for place, (names, words) in enumerate(CLASSROOM.items()):
        y = TOP + place * (HEIGHT + GAP)
        width = (RIGHT_WIDTH - 6 * (len(names) - 1)) / len(names)
        for i, name in enumerate(names):
            yield box(RIGHT_EDGE + i * (width + 6), y, width, name, lines_of(f"teaching/{name}"), WRITTEN)
        yield svg.note(RIGHT_EDGE + 4, y + HEIGHT + 15, words)
        if place + 1 < len(CLASSROOM):
            x = RIGHT_EDGE + RIGHT_WIDTH - 6
            yield svg.arrow([(x, y + HEIGHT), (x, y + HEIGHT + GAP)], WRITTEN.line)
    middle = TOP + HEIGHT / 2
    yield svg.arrow([(RIGHT_EDGE, middle), (LEFT_EDGE + WIDTH + 2, middle)], WRITTEN.line)
    yield svg.note(RIGHT_EDGE, y + HEIGHT + 60, "An arrow: may import what is there")
    yield svg.note(RIGHT_EDGE, y + HEIGHT + 78, "and below. The system imports")
    yield svg.note(RIGHT_EDGE, y + HEIGHT + 96, "nothing of the classroom.")


def draw() -> str:
    """Return the picture as SVG."""
    height = TOP + len(rows()) * (HEIGHT + GAP) + 8
    body = [
        box(LEFT_EDGE, 12, RIGHT_EDGE + RIGHT_WIDTH - LEFT_EDGE, "cli", lines_of("cli"), LEFT),
        svg.note(LEFT_EDGE + 100, 33, "the toyevm command: its words, tables and JSON"),
        svg.text(LEFT_EDGE, TOP - 16, "the system", bold=True, ink=READ.ink),
        svg.text(RIGHT_EDGE, TOP - 16, "the classroom (teaching/)", bold=True, ink=WRITTEN.ink),
        svg.arrow([(LEFT_EDGE + WIDTH - 6, 12 + HEIGHT), (LEFT_EDGE + WIDTH - 6, TOP)], LEFT.line),
        svg.arrow([(RIGHT_EDGE + RIGHT_WIDTH - 6, 12 + HEIGHT), (RIGHT_EDGE + RIGHT_WIDTH - 6, TOP)], LEFT.line),
        *system(),
        *classroom(),
    ]
    return svg.figure(980, height, describe(), body) + "\n"


def describe() -> str:
    """Return the picture in words."""
    parts = [f"{', '.join(modules)}: {ROWS[key]}" for key, modules in rows()]
    return (
        "The house of toyevm. On top cli, the command. Below it on the left the system, a row importing only what is "
        f"below it: {'; '.join(parts)}. On the right the classroom: lessons and grading, then lab, then kit."
    )


def main(arguments: Sequence[str] = ()) -> None:
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(), encoding="utf-8")
    print(PICTURE.relative_to(REPOSITORY))


if __name__ == "__main__":
    main()
