"""A program is right when, on every case, what it leaves behind is: output, storage, how it ended.

How it got there is its own affair, unless the item has rules of its own (`forbid`, `require`, `max_bytes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.items import Case, Exercise
from toyevm.teaching.lab.programs import (
    MOST_GAS,
    ProgramRun,
    opcodes_in,
    read_program,
    run_program,
    show_bytes,
    show_storage,
    to_bytes,
    to_number,
)
from toyevm.teaching.lab.values import Plain, kind_of
from toyevm.teaching.lab.verdicts import Divergence, Finding, Status, Verdict, conclude, explained, without_run


def judge_program(item: Exercise, cases: Sequence[Case], answer: Plain, parts: Mapping[str, int]) -> Verdict:
    """Run the program on each case; it is right when output, storage and error are, within the item's limits."""
    if not isinstance(answer, (str, bytes)):
        return without_run(item, Status.MALFORMED, f"`{item.answer}` is {kind_of(answer)}; write assembly, as text.")
    try:
        code = read_program(answer)
    except InputError as error:
        return without_run(item, Status.MALFORMED, f"The assembler does not understand {error}.")
    if broken := _broken_rule(item, code):
        return _with_misconception(item, without_run(item, Status.MALFORMED, broken), code, {})
    gas = item.settings.get("gas", MOST_GAS)
    runs = {case.name: run_program(code, case.given, gas=gas) for case in cases}
    findings = [_program_finding(case, runs[case.name]) for case in cases]
    return _with_misconception(item, conclude(item, findings, parts), code, runs)


def _broken_rule(item: Exercise, code: bytes) -> str:
    """Return which of the item's own rules the program breaks, or ""."""
    names, settings = opcodes_in(code), item.settings
    for name in settings.get("forbid", []):
        if name in names:
            return f"Your program uses {name}. The task is to do without it."
    for name in settings.get("require", []):
        if name not in names:
            return f"Your program does not use {name}. The task asks for it."
    if len(code) > settings.get("max_bytes", len(code)):
        return f"Your program has {len(code)} bytes. The task allows {settings['max_bytes']}."
    return ""


def _program_finding(case: Case, run: ProgramRun) -> Finding:
    for yours, expected, agrees in _comparisons(case.expect, run):
        if not agrees:
            return Finding(case, Divergence(case, yours, expected, run.error, run.stops_at, run.steps))
    return Finding(case)


def _comparisons(expect: Mapping[str, Any], run: ProgramRun) -> list[tuple[str, str, bool]]:
    """Return what to compare, in the order in which a reader should hear of it: yours, expected, whether they agree.

    A run must end well unless an error is expected.
    """
    error = expect.get("error") or None
    rows = [(_ending(run.error), _ending(error), run.error == error)]
    if "output" in expect:
        output = to_bytes(expect["output"])
        rows.append((f"returns {show_bytes(run.output)}", f"returns {show_bytes(output)}", run.output == output))
    if "storage" in expect:
        storage = {to_number(slot): to_number(value) for slot, value in expect["storage"].items()}
        rows.append((show_storage(run.storage), show_storage(storage), run.storage == storage))
    if "max_gas" in expect:
        most = expect["max_gas"]
        rows.append((f"uses {run.gas_used:,} gas", f"at most {most:,} gas", run.gas_used <= most))
    if "max_chain" in expect:
        most = expect["max_chain"]
        rows.append((f"makes a chain of {run.chain} calls", f"a chain of at most {most}", run.chain <= most))
    return rows


def _ending(error: str | None) -> str:
    return "ends without an error" if error is None else f"ends with {error!r}"


def _program_fact(code: bytes, run: ProgramRun | None, name: str, wanted: Any) -> bool:
    """Return whether one fact of a symptom holds of a program and, if it has one, of its run."""
    if name in ("uses", "lacks"):
        present = opcodes_in(code)
        return all((opcode in present) == (name == "uses") for opcode in wanted)
    if run is None:
        return False
    match name:
        case "output":
            return not run.error and run.output == to_bytes(wanted)
        case "output_in":
            return not run.error and run.output in map(to_bytes, wanted)
        case "storage":
            return dict(run.storage) == {to_number(slot): to_number(value) for slot, value in wanted.items()}
        case "error":
            return (run.error or "") == str(wanted)
        case "stops_at":
            return run.stops_at == str(wanted)
        case "gas_used":
            return run.gas_used == int(wanted)
        case "chain":
            return run.chain == int(wanted)
        case "stack":
            return list(run.stack) == list(wanted)
    raise InputError(f"a program has no fact {name!r}", where="symptom", expected="output, storage, error, …")


def _with_misconception(item: Exercise, verdict: Verdict, code: bytes, runs: Mapping[str, ProgramRun]) -> Verdict:
    return explained(item, verdict, lambda symptom: all(
        _program_fact(code, runs.get(symptom.case), name, wanted) for name, wanted in symptom.facts.items()
    ))  # fmt: skip
