"""Check an answer: feedback in a notebook, points for a marker.

With TOYEVM_MODE=mark in the environment a check is its number of points, which nbgrader takes as the score of the
cell. Without it, a check is words, and never stops what comes after.
"""

from __future__ import annotations

import os

from toyevm.errors import InputError
from toyevm.teaching.lab.items import Exercise
from toyevm.teaching.lab.judges import call_at_home, judge, public_cases
from toyevm.teaching.lab.marking import Marking
from toyevm.teaching.lab.messages import message
from toyevm.teaching.lab.panels import Panel
from toyevm.teaching.lab.progress import Entry, Progress
from toyevm.teaching.lab.values import canonical
from toyevm.teaching.lab.verdicts import Status, Verdict, without_run

TRIES_BEFORE_PUZZLE = 3


class Feedback(Panel):
    """What a check shows; `verdict` is the value behind the words."""

    def __init__(self, verdict: Verdict, text: str) -> None:
        super().__init__(text)
        self.verdict = verdict


def is_marking() -> bool:
    return os.environ.get("TOYEVM_MODE") == "mark"


def verdict_on(item: Exercise, answer: object, marking: Marking | None = None) -> Verdict:
    """Return the verdict on an answer as it lies in a notebook, with hidden cases where there is a marking."""
    cases = marking.cases(item.id) if marking else public_cases(item)
    try:
        data = call_at_home(answer, cases) if item.judge == "function" else canonical(answer)
    except InputError as error:
        ending = "" if str(error).endswith("?") else "."
        return without_run(item, Status.MALFORMED, f"`{item.answer}` cannot be judged: {error}{ending}")
    return marking.mark(item.id, data) if marking else judge(item, cases, data)


def check(item: Exercise, answer: object, progress: Progress) -> Feedback:
    """Judge an answer with the public cases, note the try, and say what to think about next."""
    verdict = verdict_on(item, answer)
    tries = _note(verdict, progress)
    text = message(verdict)
    if item.parsons and tries >= TRIES_BEFORE_PUZZLE and verdict.status in (Status.WRONG, Status.PARTIAL):
        text += f' `lab.parsons("{item.id}")` is the program in pieces, to be put in order.'
    return Feedback(verdict, text)


def points(item: Exercise, answer: object, marking: Marking | None) -> int:
    """Return the points of an answer.

    Raises:
        InputError: what is right is neither derived nor in a marking.toml we can read.
    """
    verdict = verdict_on(item, answer, marking)
    if verdict.status is Status.RECORDED:
        raise InputError(f"{item.id!r} cannot be marked here", expected="solutions/NN-name/marking.toml")
    return verdict.points


def note_try(progress: Progress, kind: str, item_id: str, status: Status) -> int:
    """Remember one try more, and that it is solved once it is; return the tries so far.

    What cannot be read does not take the place of an answer that could.
    """

    def note(entry: Entry) -> Entry:
        solved = {"solved": True} if entry.get("solved") or status is Status.RIGHT else {}
        kept = entry.get("status") if status is Status.MALFORMED else None
        return {"tries": entry.get("tries", 0) + 1, "status": kept or str(status), **solved}

    tries: int = progress.record(kind, item_id, note)["tries"]
    return tries


def _note(verdict: Verdict, progress: Progress) -> int:
    """Count the try, unless nothing was tried, and return the tries so far."""
    item_id = verdict.item.id
    if verdict.status is Status.MISSING:
        return 0

    return note_try(progress, "checks", item_id, verdict.status)
