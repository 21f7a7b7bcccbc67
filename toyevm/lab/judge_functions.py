"""A function is judged by what it returned, never by what it is.

So calling and judging are apart: `call_cases` runs the student's code, in the notebook or in the marker's child
process, and what comes back is plain data that the judge compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toyevm.errors import InputError
from toyevm.lab.items import Case, Exercise, Symptom
from toyevm.lab.values import Plain, canonical, same, show_plain
from toyevm.lab.verdicts import Divergence, Finding, Status, Verdict, conclude, explained, missing, without_run


def call_cases(function: object, cases: Sequence[Case]) -> list[dict[str, Plain]]:
    """Return what a function did on each case: {"value": …}, {"error": name, "says": …}, or {"missing": True}.

    This runs the student's code. The marker calls it in a child process and judges what comes back.
    """
    return [_call(function, case.given.get("args", [])) for case in cases]


def _call(function: object, args: Sequence[Any]) -> dict[str, Plain]:
    if not callable(function):
        return {"missing": True}
    try:
        value = function(*[canonical(arg) for arg in args])
        return {"missing": True} if value is Ellipsis else {"value": canonical(value)}
    except NotImplementedError:
        return {"missing": True}
    except InputError as error:
        return {"error": "InputError", "says": str(error)[:200]}
    except Exception as error:
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
    return explained(item, conclude(item, findings, parts), lambda symptom: _function_symptom(symptom, outcomes))


def _returned_nothing(outcome: Mapping[str, Plain]) -> bool:
    return bool(outcome.get("missing")) or ("value" in outcome and outcome["value"] is None)


def _function_finding(case: Case, outcome: Mapping[str, Plain]) -> Finding:
    expected = canonical(case.expect["value"])
    if "value" in outcome and same(outcome["value"], expected):
        return Finding(case)
    raised = f"raises {outcome.get('error')}: {outcome.get('says', '')}".removesuffix(": ")
    yours = f"returns {show_plain(outcome['value'])}" if "value" in outcome else raised
    return Finding(case, Divergence(case, yours, f"returns {show_plain(expected)}"))


def _function_symptom(symptom: Symptom, outcomes: Mapping[str, Mapping[str, Plain]]) -> bool:
    outcome = outcomes.get(symptom.case, {})
    return all(name in outcome and same(outcome[name], canonical(value)) for name, value in symptom.facts.items())
