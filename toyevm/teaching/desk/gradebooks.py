"""Marks into the class's own gradebook: the file that Canvas or Moodle exported, with one column filled.

    Canvas' gradebook     Student, ID, SIS User ID, SIS Login ID, Section, …, then `Name (12345)` for each assignment,
                          and below it a row "Points Possible". Its importer finds a student by ID, and a column by the
                          number in its name. "EX" is excused, "N/A" not assigned; "(read only)" stays.
    Moodle's worksheet    Identifier, Full name, Email address, Status, Grade, Maximum grade, Grade can be changed, …,
                          Last modified (grade), …, Feedback comments. Its importer needs the first, the grade and when
                          it was modified; it skips a grade above the maximum without a word. Comments are HTML.
    Moodle's grade export First name, Last name, ID number, Email address, …, `Assignment: Name (Real)`, … (Feedback)

Whatever is not a mark of a student of ours stays as it is, byte for byte, and whoever gets none is named. Nobody is
found by name alone: a mark in the wrong row is worse than one that is missing.

Sources, read 2026-11-30: Canvas, lib/gradebook_exporter.rb and gradebook_importer.rb (instructure/canvas-lms);
Moodle, mod/assign/gradingtable.php and mod/assign/feedback/offline/{importgradeslib,locallib}.php (moodle/moodle), and
docs.moodle.org/311/en/Grade_import.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.desk.marks import WHOLE, MarkRow, by_student, is_absent, points_of
from toyevm.teaching.desk.raw_csv import RawRow, RawTable, read_table
from toyevm.teaching.desk.register import ABSENT
from toyevm.teaching.desk.roster import Student, fold
from toyevm.teaching.grading.quoting import inert, one_line

OURS = "toyevm"  # with which comments of ours begin, so that the next ones may take their place
LONGEST_COMMENT = 4_000
_NO_MARK = {"EX": "has EX there", "N/A": "has N/A there"}  # Canvas' words for: excused, not assigned
NOT_WANTED = tuple(_NO_MARK.values())


@dataclass(frozen=True, slots=True)
class Filled:
    """The file to import, which column has the marks, by which one students were found, how many there are.

    `left` says who got no mark there, and why; `strangers` which of its rows are nobody's on the desk.
    """

    data: bytes
    column: str
    by: str
    filled: int
    left: Mapping[str, str]
    strangers: Sequence[str]
    kept_comments: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which column is asked for, if any; whether points are scaled to what it is worth; whether absent means 0."""

    assignment: str
    column: str | None = None
    scale: bool = False
    zeros: bool = False


# What a column calls a student: their id on the desk, or one of the names and numbers that a roster has.
_CANVAS = {"sis login id": ("login", "email"), "sis user id": ("sis",), "id": ("canvas",), "integration id": ()}
_MOODLE = {"username": ("login",), "id number": ("sis",), "email address": ("email",), "identifier": ("moodle",)}


@dataclass
class _Platform:
    """What differs between the two."""

    name: str
    keys: Mapping[str, Sequence[str]]
    is_one: Callable[[Mapping[str, int]], bool]
    header: str


CANVAS = _Platform(
    "canvas", _CANVAS, lambda columns: {"id", "section"} <= {*columns} and bool({"student", "lastname"} & {*columns}),
    "Student, ID, SIS Login ID, Section, …",
)  # fmt: skip
MOODLE = _Platform(
    "moodle", _MOODLE, lambda columns: bool({*columns} & {"identifier", "email address", "id number", "username"}),
    "Identifier, Full name, Email address, Grade, …",
)  # fmt: skip


def fill(
    platform: _Platform,
    exported: Path,
    rows: Sequence[MarkRow],
    wanted: Wanted,
    roster: Sequence[Student] | None = None,
) -> Filled:
    """Return a gradebook as a platform exported it, with our marks in one of its columns.

    Args:
        rows: the marks of the desk.
        roster: the class, where the desk calls students other than the gradebook does.

    Raises:
        InputError: it is no such file, has no such column, or the assignment is worth something else there.
    """
    table = read_table(exported)
    if not platform.is_one(table.columns):
        raise InputError(f"no gradebook of {platform.name.title()}", table.where, f"the columns {platform.header}")
    return _Filling(platform, table, rows, wanted, roster).fill()


@dataclass
class _Filling:
    """One gradebook being filled."""

    platform: _Platform
    table: RawTable
    rows: Sequence[MarkRow]
    wanted: Wanted
    roster: Sequence[Student] | None
    cells: dict[tuple[RawRow, int], str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    kept_comments: int = 0

    def fill(self) -> Filled:
        column = _grade_column(self.platform, self.table, self.wanted)
        comments = _comments_column(self.table, column) if self.platform is MOODLE else None
        marks = by_student(self.rows)
        by, found, strangers = self._owners(marks)
        filled = 0
        for student, own in marks.items():
            why = self._why_not(own, found.get(student, []), column)
            if why:
                self.left[student] = why
                continue
            (row,) = found[student]
            self.cells[row, column] = f"{self._points(own, row, column):g}"
            filled += 1
            if comments is not None:
                self._comment(own, row, comments)
        name = self.table.header.cells[column].value
        data = self.table.with_cells(self.cells)
        return Filled(data, name, by, filled, self.left, strangers, self.kept_comments)

    # --- who is who ---------------------------------------------------------------------------------------------------

    def _owners(self, marks: Mapping[str, object]) -> tuple[str, dict[str, list[RawRow]], list[str]]:
        """Return the column that names most students of the desk, their rows by it, and the rows that are nobody's."""
        people = [row for row in self.table.rows if not self._is_no_student(row)]
        best: tuple[str, dict[str, list[RawRow]]] = ("", {})
        for by, name_of in self._ways(marks):
            found: dict[str, list[RawRow]] = {}
            for row in people:
                if student := name_of(row):
                    found.setdefault(student, []).append(row)
            if len(found) > len(best[1]):
                best = by, found
        by, found = best
        ours = {row.line for rows in found.values() for row in rows}
        return by, found, [f"line {row.line}: {self._name(row)}" for row in people if row.line not in ours]

    def _ways(self, marks: Mapping[str, object]) -> Iterator[tuple[str, Callable[[RawRow], str | None]]]:
        """Yield the ways to tell whose a row is, by the column that says so."""
        columns = self.table.columns
        for name, numbers in self.platform.keys.items():
            if name in columns:
                known = self._known(marks, numbers)
                place = columns[name]
                yield self.table.header.cells[place].value.strip(), _lookup(known, place, name == "identifier")
        number = columns.get("identifier" if self.platform is MOODLE else "id")
        if self.roster is None and number is not None:  # the desk calls students as the names of their files do
            labels = {_letters(student): student for student in marks if re.search(r"_\d+$", student)}
            yield "name and number", lambda row: labels.get(_letters(f"{self._name(row)}_{_digits(row.get(number))}"))

    def _known(self, marks: Mapping[str, object], numbers: Sequence[str]) -> dict[str, str]:
        """Return the students by what a column may call them; a name of two is none."""
        names: dict[str, set[str]] = {}
        for student in marks:
            names.setdefault(fold(student), set()).add(student)
        for each in self.roster or ():
            if each.id in marks:
                theirs = {**each.numbers, "email": each.email}
                for number in numbers:
                    if theirs.get(number):
                        names.setdefault(fold(theirs[number]), set()).add(each.id)
        return {name: next(iter(students)) for name, students in names.items() if len(students) == 1}

    def _name(self, row: RawRow) -> str:
        columns = self.table.columns
        whole = next((row.get(columns[name]) for name in ("student", "full name") if name in columns), "")
        parts = [
            row.get(columns[n]) for n in ("lastname", "firstname", "first name", "last name", "surname") if n in columns
        ]
        return whole or " ".join(parts) or row.get(0)

    def _is_no_student(self, row: RawRow) -> bool:
        """Return whether a row is about the assignments, or of Canvas' test student."""
        if self.platform is MOODLE:
            return False
        return not row.get(self.table.columns["id"]) or fold(self._name(row)) in ("points possible", "student, test")

    # --- the marks ----------------------------------------------------------------------------------------------------

    def _why_not(self, own: Sequence[MarkRow], rows: Sequence[RawRow], column: int) -> str:
        """Return why a student gets no mark there, or ""."""
        faults = [row.fault for row in own if row.is_open]
        if not rows:
            return "is not in the gradebook"
        if len(rows) > 1:
            return f"is in the gradebook twice, in lines {', '.join(str(row.line) for row in rows)}"
        if faults:
            return faults[0]
        if is_absent(own) and not self.wanted.zeros:
            return ABSENT
        there = rows[0].get(column)
        if self.platform is CANVAS and there.upper() in _NO_MARK:
            return _NO_MARK[there.upper()]
        if fold(rows[0].get(self.table.columns.get("grade can be changed"))) == "no":
            return "has a grade there that cannot be changed"
        return ""

    def _points(self, own: Sequence[MarkRow], row: RawRow, column: int) -> float:
        """Return a student's points, as many as the column is worth."""
        most, worth = sum(mark.max for mark in own), self._worth(row, column)
        if worth is None or worth == most:
            return points_of(own)
        if not self.wanted.scale:
            raise InputError(
                f"{self.table.header.cells[column].value.strip()!r} is worth {worth:g} there, and {most:g} here",
                self.table.where, f"{most:g} there, too; or --scale",
            )  # fmt: skip
        return round(points_of(own) * worth / most, 2)

    def _worth(self, row: RawRow, column: int) -> float | None:
        if self.platform is MOODLE:
            return _number(row.get(self.table.columns.get("maximum grade")))
        points = [each for each in self.table.rows if fold(self._name(each)) == "points possible"]
        return _number(points[0].get(column)) if points else None

    def _comment(self, own: Sequence[MarkRow], row: RawRow, column: int) -> None:
        """Put our words where there are none, or older ones of ours."""
        there = re.sub(r"<[^>]*>", "", row.get(column)).strip()
        if there in ("", "-") or there.startswith(OURS):
            self.cells[row, column] = comment_of(own)
        else:
            self.kept_comments += 1


def comment_of(own: Sequence[MarkRow]) -> str:
    """Return in a line of HTML why points are missing, and what the instructor said."""
    parts = [f"{OURS} {own[0].assignment}"]
    items = [row for row in own if row.item != WHOLE]
    if len({row.message for row in items}) == 1 and not any(row.points or row.comment for row in items):
        parts.append(f"0/{sum(row.max for row in items):g}: {items[0].message}")  # why it was not marked, said once
        own = [row for row in own if row.item == WHOLE]
    for row in own:
        of_item = f"{row.item} {row.points:g}/{row.max:g}" if row.max else f"{row.points:+g}" if row.points else ""
        words = "; ".join(filter(None, (row.message if row.points < row.max or row.item == WHOLE else "", row.comment)))
        parts += [": ".join(filter(None, (of_item, words)))] if of_item or words else []
    return inert(html.escape(one_line(" – ".join(parts), LONGEST_COMMENT), quote=False))


def _lookup(known: Mapping[str, str], column: int, is_identifier: bool) -> Callable[[RawRow], str | None]:
    def find(row: RawRow) -> str | None:
        said = row.get(column)
        return known.get(fold(said)) or (known.get(_digits(said)) if is_identifier else None)

    return find


def _letters(name: str) -> tuple[str, ...]:
    """Return what a name and number share with the name of a file: the letters in whatever order, and the number."""
    words, _, number = fold(name).rpartition("_")
    return (*sorted(sign for sign in words if sign.isalnum()), "_", number)


def _digits(text: str) -> str:
    found = re.search(r"\d+$", text)
    return found[0] if found else ""


def _number(text: str) -> float | None:
    """Return a number as people of several countries write it.

    >>> _number("1,234.50"), _number("6,00"), _number("-")
    (1234.5, 6.0, None)
    """
    plain = re.sub(r"[.,](?=.*[.,])", "", text).replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(\.\d*)?", plain) else None


# --- columns ----------------------------------------------------------------------------------------------------------


def _grade_column(platform: _Platform, table: RawTable, wanted: Wanted) -> int:
    """Return which column is to be filled: the one asked for, or else the only one with the assignment's name."""
    names = [cell.value.strip() for cell in table.header.cells]
    if wanted.column is None and platform is MOODLE and "grade" in table.columns:
        return table.columns["grade"]
    if wanted.column is None:
        fits = [place for place, name in enumerate(names) if _is_named(name, wanted.assignment)]
    else:
        fits = [place for place, name in enumerate(names) if fold(name) == fold(wanted.column)]
    if len(fits) == 1 and not _is_read_only(table, fits[0]):
        return fits[0]
    several = [names[place] for place in fits]
    what = f"{wanted.column or wanted.assignment!r} is not to be changed" if len(fits) == 1 else (
        f"{len(fits)} columns are called {wanted.column or wanted.assignment!r}"
    )  # fmt: skip
    choice = several or [name for name in names if re.search(r"\(\d+\)$|\(Real\)$", name)] or names
    raise InputError(what, table.where, f"--column, one of: {' | '.join(choice)}")


def _is_named(column: str, assignment: str) -> bool:
    """Return whether a column is an assignment's: by its name, or its words without the number.

    >>> [_is_named(name, "01-the-vm") for name in ("01 The VM (12345)", "Assignment: The VM (Real)", "The VM II (6)")]
    [True, True, False]
    """
    title = re.sub(r" \((\d+|Real)\)$", "", re.sub(r"^Assignment: ?", "", column, flags=re.IGNORECASE))
    words = " ".join(re.findall(r"[a-z0-9]+", fold(title)))
    name = " ".join(re.findall(r"[a-z0-9]+", fold(assignment)))
    return words in (name, re.sub(r"^\d+ ", "", name))


def _is_read_only(table: RawTable, column: int) -> bool:
    return any("read only" in row.get(column) and fold(row.get(0)) == "points possible" for row in table.rows[:3])


def _comments_column(table: RawTable, grade: int) -> int | None:
    """Return where Moodle keeps comments to a grade, if anywhere."""
    name = re.sub(r" \(real\)$", " (feedback)", fold(table.header.cells[grade].value))
    return (
        table.columns.get("feedback comments" if name == "grade" else name) if name.endswith((")", "grade")) else None
    )
