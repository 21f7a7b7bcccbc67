"""A function is judged by what it returned, never by what it is.

So calling and judging are apart: `call_cases` runs the student's code, in the notebook or in the marker's child
process, and what comes back is plain data that the judge compares.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from dis import get_instructions
from typing import Any, TextIO

from toyevm.deadline import OutOfTime, depth_limit, time_limit
from toyevm.errors import InputError
from toyevm.teaching.lab.items import Case, Exercise, Symptom
from toyevm.teaching.lab.values import Plain, canonical, kind_of, same, show_apart, show_argument, show_plain
from toyevm.teaching.lab.verdicts import Divergence, Finding, Status, Verdict, conclude, explained, missing, without_run

DOING_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
PATIENCE = 5  # seconds that a student's function gets in a notebook, for all its cases


def call_cases(function: object, cases: Sequence[Case]) -> list[dict[str, Plain]]:
    """Return what a function did on each case: {"value": …}, {"error": name, "says": …}, or {"missing": True}.

    This runs the student's code. The marker calls it in a child process and judges what comes back.
    """
    return [_call(function, case.given.get("args", [])) for case in cases]


def call_at_home(function: object, cases: Sequence[Case]) -> list[dict[str, Plain]]:
    """Return what `call_cases` does, in the student's own notebook, where nobody else stops a loop without end.

    Raises:
        InputError: it is no function; it did not come back; or it did something and returned nothing.
    """
    if function is not None and function is not Ellipsis and not callable(function):
        raise InputError(f"it is {kind_of(canonical(function))}, but a function is needed. Which keyword starts one?")
    outcomes: list[dict[str, Plain]] = []
    heard = _Listener(sys.stdout)
    try:
        with time_limit(PATIENCE), redirect_stdout(heard):
            for case in cases:
                outcomes += call_cases(function, [case])
    except OutOfTime:
        given = ", ".join(map(show_argument, cases[len(outcomes)].given.get("args", [])))
        raise InputError(
            f"it did not come back within {PATIENCE} seconds, given {given}. Which loop never ends, or takes very long?"
        ) from None
    is_silent = outcomes and all("value" in outcome and outcome["value"] is None for outcome in outcomes)
    if is_silent and (heard.heard or _does_something(function)):
        does = "prints" if heard.heard else "runs"
        raise InputError(f"it {does} but returns nothing. Which keyword gives a value back?")
    return outcomes


def _does_something(function: object) -> bool:
    """Tell a function that was worked on from the empty one that a notebook begins with."""
    code = getattr(function, "__code__", None)
    return code is not None and any(one.opname not in DOING_NOTHING for one in get_instructions(code))


class _Listener(io.TextIOBase):
    """Pass on what is printed, and remember that something was."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.heard = stream, False

    def write(self, text: str) -> int:
        self.heard = True
        return self.stream.write(text)

    def flush(self) -> None:
        self.stream.flush()


def _call(function: object, args: Sequence[Any]) -> dict[str, Plain]:
    if not callable(function):
        return {"missing": True}
    try:
        with depth_limit():
            value = function(*[canonical(arg) for arg in args])
        return {"missing": True} if value is Ellipsis else {"value": canonical(value)}
    except NotImplementedError:
        return {"missing": True}
    except InputError as error:
        return {"error": "InputError", "says": str(error)[:200]}
    except (Exception, SystemExit) as error:
        return {"error": type(error).__name__, "says": str(error)[:200]}


def judge_function(item: Exercise, cases: Sequence[Case], answer: Plain, parts: Mapping[str, int]) -> Verdict:
    """Compare what the function returned on each case, exactly in type and content."""
    if not isinstance(answer, list) or len(answer) != len(cases) or not all(isinstance(one, dict) for one in answer):
        return without_run(item, Status.MALFORMED, f"`{item.answer}` did not answer every case.")
    if all(_returned_nothing(outcome) for outcome in answer) and any(
        case.expect["value"] is not None for case in cases
    ):
        return missing(item)
    findings = [_function_finding(case, outcome) for case, outcome in zip(cases, answer, strict=True)]
    outcomes = {case.name: outcome for case, outcome in zip(cases, answer, strict=True)}
    verdict = explained(item, conclude(item, findings, parts), lambda symptom: _function_symptom(symptom, outcomes))
    return _about_its_case(verdict, findings)


def _about_its_case(verdict: Verdict, findings: Sequence[Finding]) -> Verdict:
    """Show the case that the message speaks of: of its symptoms, the first on which the answer fails."""
    failed = {finding.case.name: finding.divergence for finding in findings if finding.divergence}
    symptoms = verdict.misconception.symptoms if verdict.misconception else ()
    shown = next((failed[symptom.case] for symptom in symptoms if symptom.case in failed), verdict.divergence)
    return replace(verdict, divergence=shown)


def _returned_nothing(outcome: Mapping[str, Plain]) -> bool:
    return bool(outcome.get("missing")) or ("value" in outcome and outcome["value"] is None)


def _function_finding(case: Case, outcome: Mapping[str, Plain]) -> Finding:
    expected = canonical(case.expect["value"])
    if "value" in outcome and same(outcome["value"], expected):
        return Finding(case)
    if "value" in outcome:
        yours, theirs = show_apart(outcome["value"], expected)
        return Finding(case, Divergence(case, f"returns {yours}", f"returns {theirs}"))
    raised = f"raises {outcome.get('error')}: {outcome.get('says', '')}".removesuffix(": ")
    return Finding(case, Divergence(case, raised, f"returns {show_plain(expected)}"))


def _function_symptom(symptom: Symptom, outcomes: Mapping[str, Mapping[str, Plain]]) -> bool:
    """Tell whether an outcome shows a symptom; `has` names some entries of the dict that was returned."""
    outcome = outcomes.get(symptom.case, {})
    facts = dict(symptom.facts)
    if (some := facts.pop("has", {})) and isinstance(returned := outcome.get("value"), dict):
        outcome, facts = {**outcome, **returned}, {**facts, **some}
    elif some:
        return False
    return all(name in outcome and same(outcome[name], canonical(value)) for name, value in facts.items())
