"""The class: who they are, and by what other names and numbers the places know them where they hand in.

A roster is a CSV file: your own, or what the course's platform exports. Columns are told by their names:

    your own                 id, name, email; and where you know them: moodle, canvas, sis, gradescope
    nbgrader's students      id, first_name, last_name, email
    Canvas' gradebook        Student (or LastName, FirstName), ID, SIS User ID, SIS Login ID, Section, …
    Moodle's worksheet       Identifier ("Participant 12345"), Full name, ID number, Email address, Status, Grade, …
    Moodle's participants    First name, Last name (or Surname), Username, ID number, Email address, …

Sources: Canvas, lib/gradebook_exporter.rb (github.com/instructure/canvas-lms); Moodle, mod/assign/feedback/offline/
importgradeslib.php (github.com/moodle/moodle), and worksheets and lists of participants in public programs that read
them; all read 2026-11-30. Moodle's headers are in the language of who exports them: here, English.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from toyevm.errors import InputError
from toyevm.teaching.desk.separator import find_header

MOST_BYTES = 16 << 20
LONGEST_ID = 100
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody in the class; `numbers` are what they are called elsewhere, by place, such as moodle, canvas, sis.

    `late` is how late their submission was, where the roster is a worksheet that says so.
    """

    id: str
    name: str = ""
    email: str = ""
    numbers: Mapping[str, str] = field(default_factory=lambda: _NONE)
    late: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a place calls the author of a file: a number of the place, a name, an id, an address."""

    place: str
    number: str = ""
    name: str = ""
    id: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        """What identifies them where there is no roster."""
        return self.id or "_".join(part for part in (self.name, self.number) if part) or self.email


# --- names ----------------------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    r"""Return a text without what people do not see or do not mean: case, forms of Unicode, outer and double spaces.

    >>> fold("  Jose\u0301  X ") == fold("JOSÉ x")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def bad_id(text: str) -> str:
    """Return what is wrong with a text as somebody's id: it becomes a file's name, and a cell of a table."""
    if not text or len(text) > LONGEST_ID:
        return f"an id has from 1 to {LONGEST_ID} signs"
    if not text.isprintable() or text != " ".join(text.split()):
        return "an id has no spaces around it and no control characters"
    if text != unicodedata.normalize("NFC", text):
        return "an id is written in composed signs (Unicode's NFC)"
    if text in (".", "..") or "/" in text or "\\" in text:
        return "an id is no path"
    return ""


# --- files ----------------------------------------------------------------------------------------------------------

_ID, _EMAIL = ("id", "student id", "student_id", "username"), ("email", "email address")
_NUMBERS = {"moodle": "moodle", "canvas": "canvas", "sis": "sis", "gradescope": "gradescope", "sid": "gradescope"}


def read_roster(path: Path) -> tuple[Student, ...]:
    """Return the students of a class, in the order of the file.

    Raises:
        InputError: naming the file, and the line where there is one.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", str(path), "a CSV file of the class") from error
    try:
        students = _students(_rows(_text(data)))
    except InputError as error:
        where = f"{path} {error.where}".strip()
        raise InputError(error.what, where, error.expected) from None
    return students


def check_roster(students: Sequence[tuple[int, Student]]) -> None:
    """Refuse ids that are none, and two students who could be taken for one another; each comes with its line.

    Raises:
        InputError: naming the line.
    """
    seen: dict[str, int] = {}
    for line, student in students:
        if wrong := bad_id(student.id):
            raise InputError(f"{student.id!r} is no id of a student", f"line {line}", wrong)
        first = seen.setdefault(fold(student.id), line)
        if first != line:
            raise InputError(
                f"{student.id!r} is there twice, or looks it", f"line {line}", f"one row; see line {first}"
            )
    for place in sorted({place for _, student in students for place in student.numbers}):
        numbers: dict[str, int] = {}
        for line, student in students:
            number = student.numbers.get(place, "")
            if number and (first := numbers.setdefault(number, line)) != line:
                raise InputError(
                    f"two students have the {place} number {number!r}", f"line {line}", f"see line {first}"
                )


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise InputError("too large", expected=f"a CSV file of at most {MOST_BYTES:,} bytes")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not in UTF-8", expected="the table saved as 'CSV UTF-8'") from None
    if "\0" in text:
        raise InputError("not a text", expected="a CSV file of the class")
    return text


Line = tuple[int, dict[str, str]]  # its number, and its cells by column


def _rows(text: str) -> list[Line]:
    """Return the rows below the header, by folded column names, whatever separates them."""
    begin, separator = find_header(text)
    skipped = text.count("\n", 0, begin)
    reader = csv.reader(io.StringIO(text[begin:], newline=""), delimiter=separator, strict=True)
    rows: list[Line] = []
    header: list[str] = []
    try:
        for cells in reader:
            line = reader.line_num + skipped
            if not header:
                header = [fold(cell) for cell in cells]
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                    raise InputError(f"{len(cells)} cells", f"line {line}", f"{len(header)}, as in the header")
                rows.append((line, dict(zip(header, map(_clean, cells), strict=False))))
    except csv.Error as error:
        raise InputError(f"not CSV: {error}", f"line {reader.line_num + skipped}") from None
    if not rows:
        raise InputError("no students", expected="a header, such as id,name,email, and a row for each student")
    return rows


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def _students(rows: Sequence[Line]) -> tuple[Student, ...]:
    columns = set(rows[0][1])
    if (
        "id" in columns
        and columns & {"student", "lastname"}
        and columns & {"sis user id", "sis login id", "section", "integration id"}
    ):
        made = _from_canvas(rows)
    elif "identifier" in columns or {"first name", "last name"} <= columns or {"first name", "surname"} <= columns:
        made = _from_moodle(rows)
    else:
        made = _from_own(rows)
    check_roster(made)
    return tuple(student for _, student in made)


def _first(rows: Sequence[Line], columns: Sequence[str]) -> str:
    """Return the first of the columns that has something in every row, or else the first there is."""
    there = [column for column in columns if column in rows[0][1]]
    if not there:
        raise InputError("no column says who a student is", "line 1", " | ".join(columns))
    filled = [column for column in there if all(cells.get(column) for _, cells in rows)]
    return (filled or there)[0]


def _get(cells: Mapping[str, str], *columns: str) -> str:
    return next((cells[column] for column in columns if cells.get(column)), "")


def _name(cells: Mapping[str, str]) -> str:
    if "lastname" in cells:  # Canvas', where it is told to export two columns
        return f"{cells['lastname']}, {cells.get('firstname', '')}"
    parts = _get(cells, "first name", "first_name"), _get(cells, "last name", "last_name", "surname")
    return _get(cells, "student", "full name", "name") or " ".join(filter(None, parts))


def _numbers(**numbers: str) -> Mapping[str, str]:
    return MappingProxyType({place: number for place, number in numbers.items() if number})


def _from_own(rows: Sequence[Line]) -> list[tuple[int, Student]]:
    column = _first(rows, (*_ID, *_EMAIL))
    return [
        (
            line,
            Student(
                cells.get(column, ""),
                _name(cells),
                _get(cells, *_EMAIL),
                _numbers(**{place: cells[name] for name, place in _NUMBERS.items() if name in cells}),
            ),
        )
        for line, cells in rows
    ]


def _from_canvas(rows: Sequence[Line]) -> list[tuple[int, Student]]:
    """Return Canvas' students; its rows of points and posting, and its test student, are nobody."""
    rows = [
        (line, cells)
        for line, cells in rows
        if cells.get("id") and fold(_name(cells)) not in ("points possible", "student, test")
    ]
    if not rows:
        raise InputError("no students", expected="Canvas' gradebook, with a row for each student")
    column = _first(rows, ("sis login id", "sis user id", "id"))
    return [
        (
            line,
            Student(
                cells.get(column, ""),
                _name(cells),
                _get(cells, "email"),
                _numbers(canvas=cells["id"], sis=cells.get("sis user id", ""), login=cells.get("sis login id", "")),
            ),
        )
        for line, cells in rows
    ]


def _from_moodle(rows: Sequence[Line]) -> list[tuple[int, Student]]:
    """Return Moodle's students; the number of a worksheet's identifier is the one in the names of handed-in files."""
    column = _first(rows, ("username", "id number", "email address", "identifier"))
    made = []
    for line, cells in rows:
        number = re.search(r"\d+$", cells.get("identifier", ""))
        numbers = _numbers(moodle=number[0] if number else "", sis=cells.get("id number", ""))
        late = moodle_lateness(cells.get("status", ""))
        made.append((line, Student(cells.get(column, ""), _name(cells), _get(cells, *_EMAIL), numbers, late)))
    return made


def moodle_lateness(status: str) -> timedelta | None:
    """Return how late a submission was by the Status of a worksheet, in English; None if there is no status.

    Source: Moodle, lang/en/assign.php (submittedlate) and format_time in lib/moodlelib.php, as excerpts (2026-12-01).

    >>> moodle_lateness("Submitted for grading - 1 hour 1 min late")
    datetime.timedelta(seconds=3660)
    """
    if not (found := re.search(r"((?:\d+ [a-z]+ )+)late\b", status)):
        return timedelta() if status else None
    units = {"year": 365 * 86_400, "day": 86_400, "hour": 3_600, "min": 60, "sec": 1}
    parts = re.findall(r"(?<!\d)(\d{1,3}) (year|day|hour|min|sec)s?\b", found[1])
    return timedelta(seconds=sum(int(number) * units[unit] for number, unit in parts))
