"""A verdict is a value: points, how far the answer got, where it first parts from what was expected, and why.

It is made by a judge and read by two: the messages for a student, and the marker's table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from toyevm.errors import InputError
from toyevm.teaching.lab.items import Case, Exercise, Misconception, Symptom


class Status(StrEnum):
    """How far an answer got."""

    MISSING = "missing"  # nothing is there
    MALFORMED = "malformed"  # it could not be judged: a spelling mistake, a wrong type, a rule of the task broken
    RECORDED = "recorded"  # here nobody knows what is right
    WRONG = "wrong"
    PARTIAL = "partial"  # some parts are right
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where an answer parts from what was expected.

    Args:
        error, stops_at, steps: of a program: how its run ended, at which opcode, after how many steps.
        index: of a list: the place in it, from 0.
    """

    case: Case
    yours: str
    expected: str
    error: str | None = None
    stops_at: str = ""
    steps: int = 0
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A case, and where the answer failed it, if it did."""

    case: Case
    divergence: Divergence | None = None

    @property
    def passed(self) -> bool:
        return self.divergence is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says.

    Args:
        points, of: earned of possible.
        what: one sentence on what happened, for statuses without a run; else "".
        passed, cases: how many cases.
        parts: points earned for each part.
        recognised: how many known mistakes the answer shows; `misconception` is the first.
    """

    item: Exercise
    status: Status
    points: int
    of: int
    what: str = ""
    passed: int = 0
    cases: int = 0
    divergence: Divergence | None = None
    misconception: Misconception | None = None
    parts: Mapping[str, int] | None = None
    recognised: int = 0


def without_run(item: Exercise, status: Status, what: str) -> Verdict:
    """Return the verdict on an answer that was not compared with anything."""
    return Verdict(item, status, 0, item.points, what)


def conclude(item: Exercise, findings: Sequence[Finding], parts: Mapping[str, int]) -> Verdict:
    """Return the verdict that follows from the cases.

    A part is earned when all its cases pass; the first part is the gate, without which nothing is earned: else a
    program that does nothing would be paid for the cases in which nothing is to be done.
    """
    worth = parts or {"": item.points}
    check_parts(item, worth)
    failed = {finding.case.part if parts else "" for finding in findings if not finding.passed}
    gate = next(iter(worth))
    earned = {part: 0 if part in failed or gate in failed else points for part, points in worth.items()}
    first = next((finding.divergence for finding in findings if finding.divergence), None)
    points, passed = sum(earned.values()), sum(finding.passed for finding in findings)
    status = Status.RIGHT if not failed else Status.PARTIAL if points else Status.WRONG
    return Verdict(item, status, points, item.points, "", passed, len(findings), first, None, earned)


def check_parts(item: Exercise, parts: Mapping[str, int]) -> None:
    """Raise InputError when the parts do not add up to the item's points."""
    if sum(parts.values()) != item.points:
        what = f"the parts of {item.id!r} are worth {sum(parts.values())}"
        raise InputError(what, expected=f"{item.points}, as its points say")


def explained(item: Exercise, verdict: Verdict, holds: Callable[[Symptom], bool]) -> Verdict:
    """Return the verdict with the first misconception all of whose symptoms hold, unless all is well."""
    if verdict.status is Status.RIGHT:
        return verdict
    matching = [entry for entry in item.misconceptions if all(map(holds, entry.symptoms))]
    return replace(verdict, misconception=next(iter(matching), None), recognised=len(matching))


def missing(item: Exercise) -> Verdict:
    """Return the verdict on what an untouched notebook hands in: it says what to put where."""
    noun = {
        "program": "a program in assembly",
        "value": item.settings.get("form", "your answer"),
        "function": "its body",
        "choice": "the letter of an option",
    }[item.judge]
    return without_run(
        item, Status.MISSING, f"Missing: `{item.answer}`. Give `{item.answer}` {noun}. Then run this cell again."
    )
