"""The machine stays small enough to be read: budgets in lines, docstrings and comments included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGE, REPOSITORY, sources

MACHINE = 4_200  # layers 0-5 without the compiler
MACHINE_WITH_COMPILER = 4_950
BUDGETS = {  # lines of folders, Vyper and data not counted
    ("analysis", "contracts", "workloads"): 6_600,
    ("simulation", "backends"): 4_100,
    ("rollups",): 17_500,
    ("bench", "cli"): 9_800,
    ("teaching/kit",): 5_700,
    ("teaching/lab", "teaching/grading"): 7_000,
    ("teaching/desk",): 4_500,
}
LESSON = 1_250
LESSONS = PACKAGE / "teaching" / "lessons"
MODULE = 350  # more needs a reason
READING_PATH = 600
MARKER = "<!-- reading-path -->"


def line_count(paths: list[Path]) -> int:
    return sum(len(path.read_text().splitlines()) for path in paths)


def lines_below(*folders: str) -> int:
    return line_count([path for folder in folders for path in (PACKAGE / folder).rglob("*.py")])


def is_compiler(path: Path) -> bool:
    return "compiler" in (path.stem, path.parent.name)


def long_modules_without_reason(package: Path, document: str) -> list[str]:
    """Return the modules over the limit that no line of the document names together with a reason."""
    long = [path for path in sorted(package.rglob("*.py")) if line_count([path]) > MODULE]
    names = [path.relative_to(package.parent).as_posix() for path in long]
    return [name for name in names if not re.search(rf"^.*`{re.escape(name)}`(\W*\w+){{4}}", document, re.MULTILINE)]


def reading_path(document: str) -> list[str]:
    """Return the files in the list that follows the marker, in reading order."""
    _, marker, rest = document.partition(MARKER)
    assert marker, f"ARCHITECTURE.md has no {MARKER}"
    names: list[str] = []
    for line in rest.strip().splitlines():
        if re.match(r"(?:[-*]|\d+\.)\s", line):
            names += re.findall(r"`([\w/]+\.py)`", line)[:1]
        elif not line.startswith(" "):  # indented: still the item above
            break
    return names


def architecture() -> str:
    return (REPOSITORY / "ARCHITECTURE.md").read_text()


def test_the_machine_fits_its_budget() -> None:
    machine = [path for path in sources(last=5) if path != PACKAGE / "__init__.py"]  # names of all layers, no machine
    assert len(machine) > 10  # it is there at all
    assert line_count([path for path in machine if not is_compiler(path)]) < MACHINE
    assert line_count(machine) < MACHINE_WITH_COMPILER


@pytest.mark.parametrize("folders", BUDGETS, ids=" and ".join)
def test_folders_fit_their_budget(folders: tuple[str, ...]) -> None:
    assert lines_below(*folders) < BUDGETS[folders]


@pytest.mark.parametrize(
    "lesson", sorted((PACKAGE / "teaching" / "lessons").glob("[a-z]*/")), ids=lambda path: path.name
)
def test_a_lesson_fits_its_budget(lesson: Path) -> None:
    assert 0 < line_count(sorted(lesson.rglob("*.py"))) < LESSON


def test_what_outgrows_its_budget_is_found() -> None:
    assert lines_below("teaching/lab", "teaching/grading") > lines_below("teaching/lab") > 1_000  # it does count


def test_a_long_module_gives_its_reason() -> None:
    assert long_modules_without_reason(PACKAGE, architecture()) == []


def test_the_reading_path_can_be_read_in_an_hour() -> None:
    names = reading_path(architecture())
    assert len(names) == len(set(names)) >= 3
    assert any("opcodes" in name for name in names)
    assert any("transition" in name for name in names)
    assert line_count([REPOSITORY / name for name in names]) <= READING_PATH


@pytest.mark.parametrize(
    ("lines", "document", "expected"),
    [
        (350, "", []),
        (351, "", ["toyevm/vm/long.py"]),
        (351, "see `toyevm/vm/long.py`\n", ["toyevm/vm/long.py"]),
        (351, "- `toyevm/vm/long.py`: one row for each opcode\n", []),
        (351, "- `toyevm/vm/long.py.orig`: one row for each opcode\n", ["toyevm/vm/long.py"]),
    ],
)
def test_a_long_module_without_a_reason_is_found(
    tmp_path: Path, lines: int, document: str, expected: list[str]
) -> None:
    path = tmp_path / "toyevm" / "vm" / "long.py"
    path.parent.mkdir(parents=True)
    path.write_text("pass\n" * lines)
    assert long_modules_without_reason(tmp_path / "toyevm", document) == expected


def test_the_reading_path_is_the_list_after_its_marker() -> None:
    items = "1. `toyevm/b.py`: before `toyevm/x.py`\n   and not `toyevm/y.py`\n2. `toyevm/c.py`\n"
    assert reading_path(f"`toyevm/a.py`\n\n{MARKER}\n\n{items}\n`toyevm/d.py`\n") == ["toyevm/b.py", "toyevm/c.py"]
    with pytest.raises(AssertionError, match="reading-path"):
        reading_path("- `toyevm/b.py`")
