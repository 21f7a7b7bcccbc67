"""Until the marker of one notebook and the intake are merged: today's marker, in the shape of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.grading import mark
from toyevm.teaching.grading.mark import Assignment
from toyevm.teaching.grading.sandbox import Sandbox
from toyevm.teaching.grading.submission import assemble_notebook, read_submission
from toyevm.teaching.lab.course import ROOT
from toyevm.teaching.lab.variants import Variant


@dataclass(frozen=True, slots=True)
class ItemMark:
    item: str
    points: int
    max: int
    misconception: str = ""
    message: str = ""
    fault: str = ""


def read_assignment(name: str, root: Path = ROOT, variant: Variant | None = None) -> Assignment:
    what = mark.read_assignment(name, root)
    if variant is None:
        return what
    sources = replace(what.sources, variant=variant)
    return replace(what, sources=sources, marking=sources.read())


def mark_notebook(what: Assignment, sandbox: Sandbox, notebook: bytes) -> tuple[ItemMark, ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.ipynb").write_bytes(notebook)
        submitted = read_submission(Path(folder), "x.ipynb")
    assembled = assemble_notebook(what.release, submitted)
    outcome = sandbox.run(list(mark._steps(what, assembled)), what.files)
    rulings = mark._rule(what, outcome, sandbox.limits)
    found = [(item, *mark._with_trouble(rulings[item], assembled, outcome, item)) for item in what.items]
    return tuple(
        ItemMark(item, points, what.marking.items.exercise(item).points, "", mark._clean(message))
        for item, points, message in found
    )


@dataclass(frozen=True, slots=True)
class Student:
    id: str
    name: str = ""
    email: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedIn:
    student: str
    attempt: int
    late: timedelta | None
    source: str
    notebook: bytes | None
    problem: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Intake:
    handed: tuple[HandedIn, ...]
    absent: tuple[Student, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


def collect(place: Path, assignment: str, roster: tuple[Student, ...] | None = None) -> Intake:
    handed = []
    for name in mark.students_in(place):
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


def not_marked(what: Assignment, message: str = "", fault: str = "") -> tuple[ItemMark, ...]:
    exercises = what.marking.items.exercises
    return tuple(ItemMark(item, 0, exercises[item].points, "", message, fault) for item in what.items)


def fault_of(error: BaseException) -> str:
    return mark._clean(f"the marker failed: {type(error).__name__}: {error}")


def read_notebook(data: bytes) -> tuple[mark.Cell, ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.ipynb").write_bytes(data)
        return read_submission(Path(folder), "x.ipynb")
