"""Compute expected values by running the machine.

A *derivation* computes the expected value of an item from its settings. The program of such an item is a list with one
entry a step. It may contain an invented instruction, spelled out in real ones under `invented`, and have invented
`prices`: so the student cannot just look up the answer in a trace of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from toyevm.assembler import assemble
from toyevm.errors import InputError
from toyevm.forks import DEFAULT_FORK, Fork
from toyevm.teaching.lab.programs import MOST_GAS, ProgramRun, run_program, to_number

Settings = Mapping[str, Any]


def stack_tops(settings: Settings) -> list[int]:
    """Return what is on top after each entry of the program.

    >>> stack_tops({"program": ["PUSH1 2", "PUSH1 3", "TWICE"], "invented": {"TWICE": "DUP1 ADD"}})
    [2, 3, 6]
    """
    return [stack[0] for stack in stacks(settings)]


def stacks(settings: Settings) -> list[list[int]]:
    """Return the whole stack after each entry of the program, the top first, as the stepper writes it."""
    lengths = range(1, len(settings["program"]) + 1)
    return [list(_run(settings, length).stack[::-1]) for length in lengths]


def storage_after(settings: Settings) -> list[list[int]]:
    """Return the slots that are not 0 in the end, each with its value."""
    return [list(pair) for pair in _run(settings).storage.items()]


def gas_used(settings: Settings) -> int:
    return _run(settings).gas_used


def gas_needed(settings: Settings) -> int:
    """Return the least gas with which the program does not fail.

    >>> gas_needed({"program": ["PUSH1 2", "PUSH1 3", "ADD"]})
    9
    """
    low, high = 0, MOST_GAS
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _run(settings, gas=middle).error is None else (middle + 1, high)
    return low


def failing_step(settings: Settings) -> int:
    """Return the number, from 1, of the step that fails with the gas of the settings.

    >>> failing_step({"program": ["PUSH1 2", "PUSH1 3", "ADD"], "gas": 7})
    3
    """
    run = _run(settings)
    if run.error is None:
        raise InputError("the program of the item does not fail", expected="less gas")
    return run.steps


DERIVATIONS: dict[str, Callable[[Settings], Any]] = {
    function.__name__: function for function in (stack_tops, stacks, storage_after, gas_used, gas_needed, failing_step)
}


def derive(name: str, settings: Settings) -> Any:
    """Return the expected value of an item.

    Raises:
        InputError: there is no such derivation.
    """
    if name not in DERIVATIONS:
        raise InputError(f"no derivation {name!r}", where="derive", expected=" | ".join(DERIVATIONS))
    return DERIVATIONS[name](settings)


def _run(settings: Settings, length: int | None = None, gas: int | None = None) -> ProgramRun:
    invented = settings.get("invented", {})
    words = " ".join(settings["program"][:length]).split()
    code = assemble(" ".join(invented.get(word, word) for word in words))
    given = {name: settings[name] for name in ("input", "storage", "gas") if name in settings}
    return run_program(code, given if gas is None else given | {"gas": gas}, fork=_fork(settings))


def _fork(settings: Settings) -> Fork:
    prices = {name: to_number(price) for name, price in settings.get("prices", {}).items()}
    return replace(DEFAULT_FORK, gas=replace(DEFAULT_FORK.gas, **prices))
