"""Mark a folder of submissions, STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb, and write a table: one row for each item."""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.files import write_whole
from toyevm.teaching.grading.mark import Assignment, ItemMark, mark_notebook, not_marked, read_assignment
from toyevm.teaching.grading.quoting import inert, one_line
from toyevm.teaching.grading.sandbox import WARNINGS, Limits, Sandbox, open_sandbox
from toyevm.teaching.grading.submission import MOST_BYTES
from toyevm.teaching.lab.course import ROOT
from toyevm.teaching.lab.variants import Variant

COLUMNS = ("student", "assignment", "item", "points", "max", "misconception", "message", "fault", "isolation")
TOTAL = "total"

Row = dict[str, Any]  # by COLUMNS; points and max are numbers


def grade_folder(
    folder: Path,
    assignment: str,
    jobs: int = 1,
    out: Path | None = None,
    *,
    root: Path = ROOT,
    limits: Limits | None = None,
    weak: bool = False,
    release: str | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Row]:
    """Mark folder/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb of every student; return a row for each item and a total.

    Args:
        jobs: how many submissions run at a time.
        out: also write the rows there, as CSV.
        root: where course/, solutions/ and exercises/ are.
        weak: also where answers can only be isolated weakly.
        release: the word under which each student got numbers of their own, if they did.
        progress: is told each student's name, in order, when their marks are there.

    Raises:
        InputError: no such folder or assignment, a release without marking, or nowhere to run answers safely.
    """
    what = read_assignment(assignment, root)
    students = students_in(folder)
    secrets = [root / name for name in ("solutions", "tests", "course", ".git")]
    sandbox = open_sandbox([*secrets, folder], limits, weak=weak)

    def mark(name: str) -> list[Row]:
        return rows_of(name, what, _mark_student(what, sandbox, folder, name, root, release), sandbox.isolation)

    rows: list[Row] = []
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        for name, marks in zip(students, pool.map(mark, students), strict=True):
            rows += marks
            progress(name)
    if out is not None:
        try:
            write_whole(out, to_csv(rows), make_folder=True)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", where=str(out)) from error
    return rows


def warnings(rows: Sequence[Row]) -> list[str]:
    """Return what the instructor must know about how these marks came about."""
    used = {row["isolation"] for row in rows}
    return [text for isolation, text in WARNINGS.items() if isolation in used]


def students_in(folder: Path) -> list[str]:
    """Return the names of the students, in order; a link counts, so that it gets its 0."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", str(folder), "a folder of submissions") from error
    found = [
        entry.name for entry in entries if not entry.name.startswith(".") and (entry.is_dir() or entry.is_symlink())
    ]
    if not found:
        raise InputError("no submissions", str(folder), "STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb")
    return found


def _mark_student(
    what: Assignment, sandbox: Sandbox, folder: Path, student: str, root: Path, release: str | None
) -> tuple[ItemMark, ...]:
    """Return a student's marks; never raises for what a student handed in, nor for the numbers they got."""
    try:
        data = read_file(folder, student, what.name, f"{what.name}.ipynb")
    except InputError as error:
        return not_marked(what, message=f"not marked: {error}")
    try:
        own = what if release is None else read_assignment(what.name, root, Variant(student, release))
    except InputError as error:
        return not_marked(what, fault=one_line(f"the marker failed: {error}"))
    return mark_notebook(own, sandbox, data)


def read_file(folder: Path, *parts: str) -> bytes:
    """Return the content of folder/part/part/…, of which no part may be a link, without waiting for a pipe.

    Raises:
        InputError: saying in a few words why there is nothing to mark.
    """
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts:
            inner = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
            os.close(place)
            place = inner
        if not stat.S_ISREG(os.fstat(place).st_mode):
            raise InputError("not a plain file")
        with os.fdopen(os.dup(place), "rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError("there is no notebook") from None
    except OSError as error:
        raise InputError(f"cannot be read: a link, or not a plain file ({error.strerror})") from None
    finally:
        os.close(place)


def rows_of(student: str, what: Assignment, marks: Sequence[ItemMark], isolation: str) -> list[Row]:
    """Return the rows of one student: one for each item, and their total."""
    total = ItemMark(TOTAL, sum(mark.points for mark in marks), sum(mark.max for mark in marks))
    around = {"student": one_line(student), "assignment": what.name, "isolation": isolation}
    made = [around | asdict(mark) for mark in (*marks, total)]
    return [{name: row[name] for name in COLUMNS} for row in made]


def to_csv(rows: Sequence[Row]) -> bytes:
    """Return rows as CSV that a spreadsheet will not take for formulas.

    >>> print(to_csv([dict.fromkeys(COLUMNS, "") | {"student": "=1+1", "points": 2}]).decode().splitlines()[1])
    '=1+1,,,2,,,,,
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: inert(value) if isinstance(value, str) else value for name, value in row.items()})
    return text.getvalue().encode()
