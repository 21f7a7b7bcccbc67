"""The marks that count: a notebook runs twice, somewhere else, and is judged here.

    notebook --assemble--> cells --open run----> what it did on the public cases --> all that is said
    release ------^            \\--closed run--> what it did on the hidden ones  --> points, the id of a misconception

The words cannot hold what they never saw, so no filter of words is needed. What is expected never leaves this process,
and what comes back into it is data of a few plain types: the worst that an answer can do is to be wrong. The closed
run is left out where nothing hidden would go in: a value is the same whoever asks, and a program is judged elsewhere
(`referee`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.grading.handout import lesson_files
from toyevm.teaching.grading.plainjson import check_json
from toyevm.teaching.grading.quoting import one_line, quoted
from toyevm.teaching.grading.referee import Sources, rule_on_programs
from toyevm.teaching.grading.ruling import Ruling, fault_of, rule
from toyevm.teaching.grading.sandbox import Sandbox, SandboxReport
from toyevm.teaching.grading.submission import (
    Assembled,
    Cell,
    Role,
    assemble_notebook,
    checked_items,
    read_notebook,
    read_release,
)
from toyevm.teaching.lab.course import ROOT
from toyevm.teaching.lab.items import Case
from toyevm.teaching.lab.judges import judge
from toyevm.teaching.lab.marking import Marking
from toyevm.teaching.lab.values import Plain, from_text, to_text
from toyevm.teaching.lab.variants import Variant
from toyevm.teaching.lab.verdicts import Status

MOST_ANSWER_BYTES = 1 << 20


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

    def cases(self, item: str, *, hidden: bool) -> tuple[Case, ...]:
        """Return the cases on which a function is called: in the open run, or in the closed one."""
        return self.marking.cases(item) if hidden else self.marking.items.exercise(item).cases


@dataclass(frozen=True, slots=True)
class ItemMark:
    """The mark of one item.

    Args:
        misconception: the id of one of ours, or "".
        message: why points are missing, for the student: one line, not long; a submission's own words are in quotes.
        fault: what went wrong at the marker's; no word of it comes from a submission.
    """

    item: str
    points: int
    max: int
    misconception: str = ""
    message: str = ""
    fault: str = ""


def read_assignment(name: str, root: Path = ROOT, variant: Variant | None = None) -> Assignment:
    """Return an assignment, with the numbers of a variant or the common ones.

    Raises:
        InputError: it does not exist, or its parts do not fit together.
    """
    known = sorted(path.parent.name for path in (root / "solutions").glob("*/marking.toml"))
    if name not in known:
        raise InputError(f"no assignment {name!r}", where="--assignment", expected=" | ".join(known) or "solutions/")
    folder = root / "exercises" / name
    release = read_release(folder / f"{name}.ipynb")
    sources = Sources(root / "course" / name / "items.toml", root / "solutions" / name / "marking.toml", variant)
    marking = sources.read()
    checked = [item for cell in release if cell.role is Role.CHECK for item in checked_items(cell)]
    for item in marking.items.exercises:
        if checked.count(item) != 1:
            raise InputError(f"{checked.count(item)} cells check {item!r}", str(folder), "one graded cell that does")
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    del files[f"{name}.ipynb"]
    return Assignment(name, release, sources, marking, files | lesson_files(root / "course", name))


def mark_notebook(what: Assignment, sandbox: Sandbox, notebook: bytes) -> tuple[ItemMark, ...]:
    """Return the mark of each item, in their order; never raises, neither for what was handed in nor for our faults."""
    try:
        submitted = read_notebook(notebook)
    except InputError as error:
        return not_marked(what, message=one_line(f"not marked: {error}"))
    try:
        assembled = assemble_notebook(what.release, submitted)
        seen = sandbox.run(list(_steps(what, assembled, hidden=False)), what.files)
        rulings = _rule(what, sandbox, assembled, seen)
        return tuple(_mark(what, item, rulings[item], _trouble(assembled, seen, item)) for item in what.items)
    except Exception as error:  # it must not stop the marking of others, nor pass unseen
        return not_marked(what, fault=fault_of(error))


def not_marked(what: Assignment, message: str = "", fault: str = "") -> tuple[ItemMark, ...]:
    """Return the marks of a notebook that earns nothing as a whole."""
    exercises = what.marking.items.exercises
    return tuple(ItemMark(item, 0, exercises[item].points, "", message, fault) for item in what.items)


def _mark(what: Assignment, item: str, ruling: Ruling, trouble: Sequence[str]) -> ItemMark:
    most = what.marking.items.exercise(item).points
    words = one_line("; ".join(filter(None, [ruling.message, *trouble])))
    return ItemMark(item, ruling.points, most, ruling.misconception, words, ruling.fault)


def _steps(
    what: Assignment, assembled: Assembled, *, hidden: bool, items: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the steps of a job: run each cell; at a check, take the answer instead. With `items`, end after these."""
    left = set(items or what.items)
    for number, cell in enumerate(assembled.cells):
        if not left:
            return
        if cell.role is not Role.CHECK:
            yield {"cell": _label(number, cell), "source": cell.source}
            continue
        for item in checked_items(cell):
            exercise = what.marking.exercise(item)
            calls = None
            if exercise.judge == "function":
                calls = [to_text(list(case.given.get("args", []))) for case in what.cases(item, hidden=hidden)]
            if item in (items or what.items):
                yield {"item": item, "answer": exercise.answer, "calls": calls}
            left.discard(item)


def _label(number: int, cell: Cell) -> str:
    return cell.name or f"own cell {number}"


def _rule(what: Assignment, sandbox: Sandbox, assembled: Assembled, seen: SandboxReport) -> dict[str, Ruling]:
    """Return what each item earns."""
    rulings: dict[str, Ruling] = {}
    answers: dict[str, Plain] = {}
    for item in what.items:
        try:
            answers[item] = _answer(seen, item)
        except InputError as error:
            rulings[item] = Ruling(message=error.what)
    counted = _count(what, sandbox, assembled, answers)
    programs = {item: answer for item, answer in answers.items() if what.marking.exercise(item).judge == "program"}
    for item in answers.keys() - programs.keys():
        rulings[item] = rule(what.marking, item, answers[item], counted.get(item, answers[item]))
    return rulings | rule_on_programs(what.sources, programs, sandbox)


def _count(what: Assignment, sandbox: Sandbox, assembled: Assembled, seen: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return what the functions do with the hidden cases: the closed run, whose words nobody hears."""
    items = [item for item, answer in seen.items() if _needs_hidden(what, item, answer)]
    if not items:
        return {}
    report = sandbox.run(list(_steps(what, assembled, hidden=True, items=items)), what.files)
    counted: dict[str, Plain] = dict.fromkeys(items)
    for item in items:
        try:
            counted[item] = _answer(report, item)
        except InputError:
            continue  # what it says is not for anybody
    return counted


def _needs_hidden(what: Assignment, item: str, seen: Plain) -> bool:
    """Return whether a function must be asked again: there are hidden cases, and it did something on the others."""
    public, every = what.cases(item, hidden=False), what.cases(item, hidden=True)
    exercise = what.marking.items.exercise(item)
    if exercise.judge != "function" or len(every) == len(public):
        return False
    return judge(exercise, public, seen).status is not Status.MISSING


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
            raise InputError(quoted(error))
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
    errors = [f"cell {name}: {quoted(outcome.errors[name])}" for name in names if name in outcome.errors]
    return errors + [f"cell {name} {assembled.oddities[name]}" for name in names if name in assembled.oddities]
