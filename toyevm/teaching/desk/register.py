"""Who handed in what: the state of the class at the last run, in one file that is always whole."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.files import write_whole
from toyevm.teaching.desk.journal import MOST_POINTS
from toyevm.teaching.desk.roster import bad_id
from toyevm.teaching.desk.safe_csv import csv_table

NAME = "register.json"
TABLE = "intake.csv"
FORMAT = "toyevm register 1"
NOTEBOOKS = "notebooks"
ABSENT = "nothing was handed in"
LONGEST = 10 * 366 * 24 * 60  # minutes late: more is a slip of whoever edited the file


@dataclass(frozen=True, slots=True)
class Registered:
    """One notebook of one student, or the problem in its place.

    `late` is in minutes, None in time or where nobody knows. `notebook` is the hash of its content, `key` where its
    marks are in the journal; both are "" where there is no notebook.
    """

    student: str
    attempt: int
    late: float | None
    source: str
    problem: str
    notebook: str
    key: str


@dataclass(frozen=True, slots=True)
class Register:
    """A class and its assignment; `items` says what each is worth; `unmatched` and `ignored` have path and reason."""

    assignment: str
    items: Mapping[str, int]
    isolation: str
    release: str | None
    attempts: tuple[Registered, ...]
    absent: tuple[str, ...]
    unmatched: tuple[tuple[str, str], ...]
    ignored: tuple[tuple[str, str], ...]

    @property
    def students(self) -> tuple[str, ...]:
        """Everybody, in order, whether they handed in or not."""
        return tuple(sorted({attempt.student for attempt in self.attempts} | set(self.absent)))

    @property
    def notebooks(self) -> Mapping[tuple[str, int], str]:
        """The hash of each notebook, by student and attempt; "" where an attempt has none."""
        return {(each.student, each.attempt): each.notebook for each in self.attempts}

    def of(self, student: str) -> list[Registered]:
        """Return a student's attempts, the first one first."""
        return sorted((each for each in self.attempts if each.student == student), key=lambda each: each.attempt)


def write_register(desk: Path, register: Register) -> None:
    """Write it, and the same as a table for people."""
    write_file(desk / NAME, json.dumps({"format": FORMAT, **asdict(register)}, indent=1).encode() + b"\n")
    write_file(desk / TABLE, intake_csv(register))


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole, on disk before this returns; raise InputError when it cannot be written."""
    try:
        write_whole(path, data, make_folder=True, durable=True)
    except OSError as error:
        raise InputError(f"cannot write it: {error.strerror}", str(path), "a file in a folder of yours") from error


def intake_csv(register: Register) -> bytes:
    """Return a row for each notebook, each student without one, and each file that nobody's mark comes from."""
    attempts = sorted(register.attempts, key=lambda each: (each.student, each.attempt))
    rows: list[tuple[object, ...]] = [
        (each.student, each.attempt, each.late, each.source, each.problem) for each in attempts
    ]
    rows += [(student, None, None, None, ABSENT) for student in sorted(register.absent)]
    for word, files in (("unmatched", register.unmatched), ("ignored", register.ignored)):
        rows += [(None, None, None, source, f"{word}: {why}") for source, why in files]
    return csv_table(("student", "attempt", "late", "source", "problem"), rows)


def read_register(desk: Path) -> Register:
    """Return the register of a desk; raise InputError when there is none."""
    path = desk / NAME
    try:
        return _register(json.loads(path.read_bytes()))
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror}", str(path), "a desk of `toyevm grade`") from error
    except (ValueError, LookupError, TypeError, RecursionError):
        raise InputError("it is no register", str(path), f"what `toyevm grade` wrote, {FORMAT!r}") from None


def _register(document: Any) -> Register:
    match document:
        case {
            "format": str(found), "assignment": str(assignment), "items": dict(items), "isolation": str(isolation),
            "release": None | str() as release, "attempts": list(attempts), "absent": list(absent),
            "unmatched": list(unmatched), "ignored": list(ignored),
        } if found == FORMAT and all(map(_is_worth, items.values())):  # fmt: skip
            return Register(
                assignment, items, isolation, release, tuple(map(_registered, attempts)), tuple(map(_id, absent)),
                _files(unmatched), _files(ignored),
            )  # fmt: skip
    raise ValueError


def _is_worth(points: Any) -> bool:
    return type(points) is int and 0 <= points <= MOST_POINTS


def _files(listed: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(file), str(why)) for file, why in listed)


def _registered(document: Any) -> Registered:
    match document:
        case {
            "student": student,
            "attempt": int(attempt),
            "late": None | int() | float() as late,
            "source": str(),
            "problem": str(),
            "notebook": str(notebook),
            "key": str(),
        } if _is_worth(attempt) and (late is None or abs(late) < LONGEST) and re.fullmatch("[0-9a-f]*", notebook):
            _id(student)
            return Registered(**document)  # fmt: skip
    raise ValueError


def _id(student: Any) -> str:
    """Return an id: files are named after it."""
    if not isinstance(student, str) or bad_id(student):
        raise ValueError
    return student


def notebook_path(desk: Path, notebook: str) -> Path:
    """Return where a notebook that was marked is kept."""
    return desk / NOTEBOOKS / f"{notebook}.ipynb"
