"""A message has four rungs: what happened, where it first parts from what was expected, the next question, a hint.

It says what the student's own answer did, and ends in a question, never in the answer. Where a known belief has just
these symptoms, the question is the one written for it; else one that fits the kind of failure.
"""

from __future__ import annotations

import re

from toyevm.errors import Halt
from toyevm.teaching.lab.items import Case
from toyevm.teaching.lab.programs import TOO_MANY_STEPS, show_bytes, show_storage, to_bytes, to_number
from toyevm.teaching.lab.values import show_argument
from toyevm.teaching.lab.verdicts import Divergence, Status, Verdict

_AFTER_ERROR: dict[str | None, str] = {
    Halt.STACK_UNDERFLOW: "{stops_at} found too few words. Which words did you mean it to take?",
    Halt.INVALID_JUMP: "What was on top of the stack when {stops_at} came, and is there a JUMPDEST at that pc?",
    Halt.OUT_OF_GAS: "Does every loop of yours come to an end? What changes from one round to the next?",
    Halt.INVALID_OPCODE: "Your program ran into a byte that is no instruction. Where did you mean it to end?",
    TOO_MANY_STEPS: "Does every loop of yours come to an end? What changes from one round to the next?",
    "revert": "Which REVERT was reached, and what was on the stack at the jump that led there?",
}
UNASKED = "No question of ours fits this answer. That does not mean that it is right. Which step are you least sure of?"


def message(verdict: Verdict) -> str:
    """Return what a student reads."""
    item = verdict.item
    match verdict.status:
        case Status.MISSING | Status.RECORDED | Status.MALFORMED:
            rungs = [f"{_title(verdict)} {verdict.what}"]
            if verdict.recognised > 1:
                rungs.append(f"{verdict.recognised} known mistakes are recognised in it. The first:")
            if verdict.misconception:
                rungs.append(verdict.misconception.message)
            elif verdict.status is Status.RECORDED:
                rungs.append(UNASKED)
            return "\n\n".join(rungs)
        case Status.RIGHT:
            return f"{_title(verdict)} {_praise(verdict)}"
    rungs = [
        f"{_title(verdict)} {_what_happened(verdict)}",
        _first_divergence(verdict),
        verdict.misconception.message if verdict.misconception else _question(verdict),
        f'Stuck? `lab.hint("{item.id}")` gives a hint; there are {len(item.hints)}, and they cost nothing.',
    ]
    return "\n\n".join(filter(None, rungs))


def _title(verdict: Verdict) -> str:
    title = verdict.item.title
    return f"**{title}**" if title.endswith(("?", "!")) else f"**{title}.**"


def _praise(verdict: Verdict) -> str:
    if verdict.item.judge in ("value", "choice"):
        return "Right."
    cases = {1: "The case agrees", 2: "Both cases agree"}.get(verdict.cases, f"All {verdict.cases} cases agree")
    return f"{cases}. When it is marked, it is run on other cases, too."


def _what_happened(verdict: Verdict) -> str:
    found = verdict.divergence
    if found is not None and found.steps:
        ending = "ended without an error" if found.error is None else f"ended with *{found.error}* at {found.stops_at}"
        steps = f"{found.steps:,} step{'s' if found.steps != 1 else ''}"
        return f"{_how_many(verdict)} In the first that does not, it ran {steps} and {ending}."
    if verdict.cases > 1:
        return _how_many(verdict)
    return "Not yet."


def _how_many(verdict: Verdict) -> str:
    return f"{verdict.passed} of {verdict.cases} cases {'agrees' if verdict.passed == 1 else 'agree'}."


def _first_divergence(verdict: Verdict) -> str:
    """Return yours against expected; what is expected in a hidden case, or of a graded value, is not said."""
    found = verdict.divergence
    if found is None:
        return ""
    if found.index is not None:
        agree = {0: "", 1: "The first entry agrees. "}.get(found.index, f"The first {found.index} entries agree. ")
        return f"{agree}{_entry(verdict)} is the first that differs: yours is {found.yours}."
    if found.case.hidden:
        return (
            f"Yours is {found.yours}." if verdict.item.judge in ("value", "choice") else "It is a case you do not see."
        )
    expected = f"; expected: {found.expected}" if found.case.told else ""
    return f"Given {show_given(found.case)}: yours {found.yours}{expected}."


def _entry(verdict: Verdict) -> str:
    """Return the first entry that differs as a student would write it: counted from 0, as lists are."""
    assert verdict.divergence is not None
    return f"`{verdict.item.answer}[{verdict.divergence.index}]`"


def show_given(case: Case) -> str:
    """Return what a case gives, for a reader.

    >>> show_given(Case("", {"input": [3, 7], "storage": {"0": 5}}))
    'input 3, 7; slot 0 = 5'
    """
    shown = {
        "input": lambda value: f"input {show_bytes(to_bytes(value))}",
        "storage": lambda value: show_storage({to_number(slot): to_number(word) for slot, word in value.items()}),
        "calls": lambda value: f"{len(value)} calls",
        "args": lambda value: ", ".join(map(show_argument, value)),
    }
    words = (shown[name](value) if name in shown else f"{name} {value:,}" for name, value in case.given.items())
    return "; ".join(words) or "nothing"


def _question(verdict: Verdict) -> str:
    found = verdict.divergence
    if verdict.item.judge == "program" and found is not None:
        return _about_program(found)
    if found is not None and found.index is not None:
        return f"What did you take {_entry(verdict)} from? Go back to the step before it: what was there?"
    if verdict.item.judge == "function" and found is not None:
        if found.yours.startswith("raises"):
            return "Which line raises it, and what does that line expect that it did not get?"
        yours, theirs = (kind_of(text.removeprefix("returns ")) for text in (found.yours, found.expected))
        is_list = yours.startswith("a list") and theirs.startswith("a list") and "a list" in (yours, theirs)
        if yours != theirs and yours and theirs and not is_list:
            return f"Yours returns {yours}, where the task asks for {theirs}. Which line decides that?"
        return "Follow this one case by hand. After which line is a value not what you meant?"
    return "Which of your steps are you least sure of? Do that one again, on its own."


def kind_of(shown: str) -> str:
    """Return what kind of value a text shows, or "" where that does not say more.

    >>> kind_of("{1, 2}"), kind_of("{'x': 1}"), kind_of("['B']"), kind_of("[['x', 0]]"), kind_of("[]"), kind_of("-3")
    ('a set', 'a dict', 'a list of texts', 'a list of lists', 'a list', 'a number')
    """
    if shown.startswith("["):
        inner = kind_of(shown[1:]).removeprefix("a ").partition(" of ")[0]
        return f"a list of {inner}s" if inner else "a list"
    if shown.startswith("{"):
        return "a dict" if re.match(r"\{\}|\{('[^']*'|[^,{}()\[\]]*): ", shown) else "a set"
    kinds = (r"set\(", "a set"), (r"['\"]", "a text"), (r"True|False", "a truth value"), (r"-?\d", "a number")
    return next((kind for pattern, kind in kinds if re.match(pattern, shown)), "")


def _about_program(found: Divergence) -> str:
    if found.error in _AFTER_ERROR:
        return _AFTER_ERROR[found.error].format(stops_at=found.stops_at)
    if found.yours == "returns nothing":
        return "Your program ends without handing anything back. What must be in memory when RETURN comes?"
    return "Step through this case. Which is the first step after which the stack is not what you meant it to be?"
