"""Four judges: a pure function each, from an item, its cases and an answer to a verdict.

The same judge works in the notebook, with the public cases, and at the marker's, with the hidden ones added. It
decides three things: how many points; where the answer first parts from what was expected; and which misconception
has just these symptoms.

What counts as an answer:

    judge       answer
    program     text in assembly, or hexadecimal: run here, on each case
    value       a number, text, or a list of them
    function    not the function but what it did: an `outcomes` list, made by `call_cases` wherever it may run
    choice      a letter, a number from 1, or the option's text

Anything else is canonical data (`toyevm.teaching.lab.values`) and was made elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from toyevm.teaching.lab.items import Case, Exercise
from toyevm.teaching.lab.judge_functions import call_at_home, call_cases, judge_function
from toyevm.teaching.lab.judge_programs import judge_program
from toyevm.teaching.lab.judge_values import judge_choice, judge_value, record
from toyevm.teaching.lab.values import Plain
from toyevm.teaching.lab.verdicts import Verdict, missing

__all__ = ["JUDGES", "call_at_home", "call_cases", "is_missing", "judge", "public_cases"]

Judge = Callable[[Exercise, Sequence[Case], Plain, Mapping[str, int]], Verdict]
JUDGES: dict[str, Judge] = {
    "program": judge_program,
    "value": judge_value,
    "function": judge_function,
    "choice": judge_choice,
}


def judge(item: Exercise, cases: Sequence[Case], answer: Plain, parts: Mapping[str, int] | None = None) -> Verdict:
    """Return the verdict on an answer.

    Args:
        cases: `public_cases(item)`, or those of `Marking.cases(item)`.
        answer: canonical data; for judge "function" the list that `call_cases` returned for these cases.
        parts: the points of each part, the gate first; without it, all points for all cases.

    The verdict never raises for what a student wrote; `Verdict.status` says how far the answer got.
    """
    if is_missing(item, answer):
        return missing(item)
    if not cases:
        return record(item, answer)
    return JUDGES[item.judge](item, cases, answer, parts or {})


def public_cases(item: Exercise) -> tuple[Case, ...]:
    """Return the cases with which a student's notebook judges: written in the item, or derived from it."""
    if "derive" in item.settings:
        from toyevm.teaching.lab.derivations import derive  # not there where answers are marked, nor are such items

        return (Case("", expect={"value": derive(item.settings["derive"], item.settings)}, hidden=True),)
    return item.cases


def is_missing(item: Exercise, answer: Plain) -> bool:
    """Return whether this is what an untouched notebook hands in."""
    if item.judge == "function":
        return isinstance(answer, list) and all(isinstance(one, dict) and "missing" in one for one in answer)
    if isinstance(answer, str):
        return not "".join(line.split(";")[0].split("#")[0].strip() for line in answer.splitlines())
    if isinstance(answer, list):
        return all(part is None for part in answer)
    return answer is None or answer is Ellipsis or answer is NotImplemented or answer == b""
