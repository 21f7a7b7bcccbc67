"""What one answer earns, and the words for it, which never saw what is hidden.

An answer comes twice. *Seen* is what it did where only the public cases were: all that is said is said of that.
*Counted* is what it did with the hidden ones as well: from that come points and the id of a misconception, both of them
ours. A value or a program is the same both times, and is judged twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.grading.quoting import one_line, quoted
from toyevm.teaching.lab.course import PACKAGE
from toyevm.teaching.lab.items import Exercise
from toyevm.teaching.lab.judges import judge, public_cases
from toyevm.teaching.lab.marking import Marking
from toyevm.teaching.lab.messages import message
from toyevm.teaching.lab.values import Plain, show_plain
from toyevm.teaching.lab.verdicts import Status, Verdict

NOT_SEEN = "It is right on the cases you see, and not on one that you do not see."
TOO_LARGE = "judging it took more memory than an answer may use"
_RAISES = "raises "  # as `judge_functions` begins what an answer raised


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an item earns.

    Args:
        misconception: the id of one, or "".
        message: why these are not all the points, for the student; "" where they are.
        fault: what went wrong at ours.
    """

    points: int = 0
    misconception: str = ""
    message: str = ""
    fault: str = ""


def rule(marking: Marking, item: str, seen: Plain, counted: Plain) -> Ruling:
    """Return what an answer earns; never raises for what an answer is."""
    exercise = marking.items.exercise(item)
    try:
        verdict = _marked(marking, item, counted)
        found = verdict.misconception.id if verdict.misconception else ""
        if verdict.points == exercise.points:
            return Ruling(verdict.points)
        return Ruling(verdict.points, found, what_is_said(exercise, seen, found))
    except Exception as error:  # a judge that cannot digest an answer is a fault of ours, and stops nobody else's marks
        return Ruling(fault=fault_of(error))


def _marked(marking: Marking, item: str, counted: Plain) -> Verdict:
    try:
        return marking.mark(item, counted)
    except (InputError, MemoryError):  # what it says may be of a hidden case
        return Verdict(marking.items.exercise(item), Status.MALFORMED, 0, marking.items.exercise(item).points)


def what_is_said(exercise: Exercise, seen: Plain, found: str = "") -> str:
    """Return what a student reads of an answer that does not earn all points, in one line."""
    try:
        return one_line(_words(exercise, seen, found))
    except MemoryError:
        return TOO_LARGE


def _words(exercise: Exercise, seen: Plain, found: str) -> str:
    """Return what a student reads: of the public side of the item, and of the answer as it was there."""
    try:
        verdict = judge(exercise, public_cases(exercise), seen)
    except InputError as error:
        return f"It could not be judged: {quoted(error.what)}."
    if verdict.status is Status.RIGHT:
        known: Mapping[str, str] = {entry.id: entry.message for entry in exercise.misconceptions}
        return " ".join(filter(None, [NOT_SEEN, known.get(found, "")]))
    if verdict.status is Status.RECORDED:
        question = verdict.misconception.message if verdict.misconception else ""
        return " ".join(filter(None, [f"Yours is {show_plain(seen)}, which is not right.", question]))
    return message(_quoting(verdict))


def _quoting(verdict: Verdict) -> Verdict:
    """Return a verdict in which the words of an exception stand in quotes."""
    found = verdict.divergence
    if found is None or not found.yours.startswith(_RAISES):
        return verdict
    return replace(verdict, divergence=replace(found, yours=_RAISES + quoted(found.yours.removeprefix(_RAISES))))


def fault_of(error: BaseException) -> str:
    """Return what failed and where in our code: not with which words, for they may quote a submission."""
    place, traceback = "", error.__traceback__
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        if path.is_relative_to(PACKAGE):
            place = f" at {path.relative_to(PACKAGE).as_posix()}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return f"the marker failed: {type(error).__name__}{place}"


def read_ruling(line: Any) -> Ruling | None:
    """Return a ruling from what a referee wrote, or None if that is none."""
    match line:
        case {"points": int(points), "misconception": str(found), "message": str(words), "fault": str(fault)}:
            return Ruling(points, found, words, fault)
    return None
