"""The marks that count: every answer runs somewhere else, and is judged here.

    submission --assemble--> cells --sandbox--> canonical data --judge--> points
    release ------^                      marking.toml ------------^

What is expected never leaves this process, and what comes back into it is data of a few plain types. So the worst that
an answer can do is to be wrong. A submission that cannot be read earns 0, with the reason, and the others go on.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.grading.handout import lesson_files
from toyevm.teaching.grading.plainjson import check_json
from toyevm.teaching.grading.referee import Ruling, Sources, rule, rule_on_programs
from toyevm.teaching.grading.sandbox import WARNINGS, Limits, SandboxReport, Sandbox, open_sandbox
from toyevm.teaching.grading.submission import (
    Assembled,
    Cell,
    Role,
    assemble_notebook,
    checked_items,
    read_release,
    read_submission,
)
from toyevm.teaching.lab.course import ROOT
from toyevm.files import write_whole
from toyevm.teaching.lab.marking import Marking
from toyevm.teaching.lab.values import Plain, from_text, to_text
from toyevm.teaching.lab.variants import Variant

COLUMNS = ("student", "assignment", "item", "points", "max", "message", "isolation")
TOTAL = "total"
LONGEST_MESSAGE = 300
MOST_ANSWER_BYTES = 1 << 20

Row = dict[str, Any]  # by COLUMNS; points and max are numbers


@dataclass(frozen=True, slots=True)
class Assignment:
    """What was released, and how it is marked: by `marking`, read from `sources`; `files` lie beside the notebook."""

    name: str
    release: tuple[Cell, ...]
    sources: Sources
    marking: Marking
    files: Mapping[str, bytes]

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(self.marking.items.exercises)


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
        return mark_student(what, sandbox, folder, name, release)

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


def read_assignment(name: str, root: Path = ROOT) -> Assignment:
    """Return an assignment.

    Raises:
        InputError: it does not exist, or its parts do not fit together.
    """
    known = sorted(path.parent.name for path in (root / "solutions").glob("*/marking.toml"))
    if name not in known:
        raise InputError(f"no assignment {name!r}", where="--assignment", expected=" | ".join(known) or "solutions/")
    folder = root / "exercises" / name
    release = read_release(folder / f"{name}.ipynb")
    sources = Sources(root / "course" / name / "items.toml", root / "solutions" / name / "marking.toml")
    marking = sources.read()
    checked = [item for cell in release if cell.role is Role.CHECK for item in checked_items(cell)]
    for item in marking.items.exercises:
        if checked.count(item) != 1:
            raise InputError(f"{checked.count(item)} cells check {item!r}", str(folder), "one graded cell that does")
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    del files[f"{name}.ipynb"]
    return Assignment(name, release, sources, marking, files | lesson_files(root / "course", name))


def _for_student(what: Assignment, student: str, release: str | None) -> Assignment:
    """Return the assignment with the student's own numbers, where a release gave them some."""
    if release is None:
        return what
    sources = replace(what.sources, variant=Variant(student, release))
    return replace(what, sources=sources, marking=sources.read())


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


def mark_student(
    what: Assignment, sandbox: Sandbox, folder: Path, student: str, release: str | None = None
) -> list[Row]:
    """Return the rows of one student; never raises for what a student handed in, nor for the numbers they got."""
    try:
        what = _for_student(what, student, release)
        submitted = read_submission(folder, student, what.name, f"{what.name}.ipynb")
        assembled = assemble_notebook(what.release, submitted)
        outcome = sandbox.run(list(_steps(what, assembled)), what.files)
        rulings = _rule(what, outcome, sandbox)
        results = [(item, *_with_trouble(rulings[item], assembled, outcome, item)) for item in what.items]
    except InputError as error:
        results = [(item, 0, f"not marked: {error}") for item in what.items]
    except Exception as error:  # a fault of ours must not stop the run, nor pass unseen
        results = [(item, 0, f"not marked, please look: {type(error).__name__}: {error}") for item in what.items]
    rows = [(item, points, what.marking.items.exercise(item).points, message) for item, points, message in results]
    rows.append((TOTAL, sum(row[1] for row in rows), sum(row[2] for row in rows), ""))
    return [
        dict(
            zip(
                COLUMNS,
                (_clean(student), what.name, item, points, most, _clean(message), sandbox.isolation),
                strict=True,
            )
        )
        for item, points, most, message in rows
    ]


def _steps(what: Assignment, assembled: Assembled) -> Iterator[dict[str, Any]]:
    """Yield the steps of a job: run each cell; at a check, take the answer instead."""
    for number, cell in enumerate(assembled.cells):
        if cell.role is not Role.CHECK:
            yield {"cell": _label(number, cell), "source": cell.source}
            continue
        for item in checked_items(cell):
            exercise = what.marking.exercise(item)
            calls = None
            if exercise.judge == "function":
                calls = [to_text(list(case.given.get("args", []))) for case in what.marking.cases(item)]
            yield {"item": item, "answer": exercise.answer, "calls": calls}


def _label(number: int, cell: Cell) -> str:
    return cell.name or f"own cell {number}"


def _rule(what: Assignment, outcome: SandboxReport, sandbox: Sandbox) -> dict[str, Ruling]:
    """Return what each item earns."""
    rulings: dict[str, Ruling] = {}
    programs: dict[str, Plain] = {}
    for item in what.items:
        try:
            answer = _answer(outcome, item)
        except InputError as error:
            rulings[item] = 0, error.what
            continue
        if what.marking.exercise(item).judge == "program":
            programs[item] = answer
        else:
            rulings[item] = rule(what.marking, item, answer)
    return rulings | rule_on_programs(what.sources, programs, sandbox)


def _with_trouble(ruling: Ruling, assembled: Assembled, outcome: SandboxReport, item: str) -> Ruling:
    """Return a ruling that also says what went wrong in the cells of its item."""
    points, reason = ruling
    return points, "; ".join(part for part in [reason, *_trouble(assembled, outcome, item)] if part)


def _answer(outcome: SandboxReport, item: str) -> Plain:
    """Return the answer to an item, as its judge wants it.

    Raises:
        InputError: there is none that could be trusted to be the answer.
    """
    if item in outcome.twice:
        raise InputError("the answer arrived more than once")
    match outcome.answers.get(item):
        case {"value": str(text), **rest} if not rest:
            return _read(text)
        case {"results": list(results), **rest} if not rest:
            return [_result(result) for result in results]
        case {"error": str(error), **rest} if not rest:
            raise InputError(error)
        case None:
            raise InputError(f"no answer arrived: the notebook {outcome.ended or 'was changed'}")
    raise InputError("what arrived is no answer")


def _result(result: Any) -> dict[str, Plain]:
    """Return what one call of a function did, in the shape of `call_cases`."""
    match result:
        case {"value": str(text), **rest} if not rest:
            match _read(text):
                case {"value": value, **more} if not more:
                    return {"value": value}
                case {"missing": True, **more} if not more:
                    return {"missing": True}
                case {"error": str(error), "says": str(says), **more} if not more:
                    return {"error": error, "says": says}
        case {"error": str(error), **rest} if not rest:
            return {"error": "stopped", "says": error}
    raise InputError("what arrived is no result of a call")


def _read(text: str) -> Plain:
    check_json(text.encode(errors="replace"), MOST_ANSWER_BYTES)
    return from_text(text)


def _trouble(assembled: Assembled, outcome: SandboxReport, item: str) -> list[str]:
    """Return what went wrong in the cells that belong to an item: those since the check before its own."""
    names: list[str] = []
    for number, cell in enumerate(assembled.cells):
        names.append(_label(number, cell))
        if cell.role is Role.CHECK:
            if item in checked_items(cell):
                break
            names.clear()
    errors = [f"cell {name}: {outcome.errors[name]}" for name in names if name in outcome.errors]
    return errors + [f"cell {name} {assembled.oddities[name]}" for name in names if name in assembled.oddities]


def to_csv(rows: Sequence[Row]) -> bytes:
    """Return rows as CSV that a spreadsheet will not take for formulas.

    >>> print(to_csv([dict.fromkeys(COLUMNS, "") | {"student": "=1+1", "points": 2}]).decode().splitlines()[1])
    '=1+1,,,2,,,
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _inert(value) if isinstance(value, str) else value for name, value in row.items()})
    return text.getvalue().encode()


def _inert(text: str) -> str:
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def _clean(text: str) -> str:
    """Return text in one short printable line: students' words reach a terminal and a table.

    >>> _clean("a\\x1b[31m\\n  b")
    'a?[31m b'
    """
    line = re.sub(r"\s+", " ", text[: 2 * LONGEST_MESSAGE]).strip()
    return "".join(sign if sign.isprintable() else "?" for sign in line)[:LONGEST_MESSAGE]
