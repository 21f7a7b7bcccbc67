"""Until the intake is merged: the simplest of its layouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.grading.folder import students_in


@dataclass(frozen=True, slots=True)
class Student:
    """One of the class."""

    id: str
    name: str = ""
    email: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One notebook of one student."""

    student: str
    attempt: int
    late: timedelta | None
    source: str
    notebook: bytes | None
    problem: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A file that is nobody's."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What a class handed in."""

    handed: tuple[HandedIn, ...]
    absent: tuple[Student, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


def collect(place: Path, assignment: str, roster: tuple[Student, ...] | None = None) -> Intake:
    """Return what lies at PLACE/STUDENT/NAME/NAME.ipynb."""
    handed = []
    for name in students_in(place):
        path = place / name / assignment / f"{assignment}.ipynb"
        if path.is_file():
            handed.append(HandedIn(name, 1, None, str(path), path.read_bytes(), ""))
        else:
            handed.append(HandedIn(name, 1, None, str(path), None, "there is no notebook"))
    seen = {each.student for each in handed}
    absent = tuple(student for student in roster or () if student.id not in seen)
    if not handed:
        raise InputError("no submissions", str(place))
    return Intake(tuple(handed), absent)
