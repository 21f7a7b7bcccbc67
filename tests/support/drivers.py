"""Other ways to drive a transaction to its end, and one way to break an instruction on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from toyevm.errors import Suspend
from toyevm.results import TxResult
from toyevm.state import StateView
from toyevm.transactions import Transaction
from toyevm.transition import begin_transaction, check_transaction, finish_transaction
from toyevm.types import Location, Read
from toyevm.vm import compiler, interpreter
from toyevm.vm.frame import BlockEnv, Frame, Machine, prepare
from toyevm.vm.opcodes import BY_NAME

T = TypeVar("T")


class ReluctantView:
    """A view that refuses every location the first time it is asked for."""

    def __init__(self, base: StateView) -> None:
        self.base = base
        self.asked: set[Location] = set()

    def read(self, location: Location) -> Read:
        if location not in self.asked:
            self.asked.add(location)
            raise Suspend(location)
        return self.base.read(location)


def insist(action: Callable[[], T]) -> T:
    """Try again after every Suspend."""
    for _ in range(100_000):
        try:
            return action()
        except Suspend:
            continue
    raise AssertionError("the view refuses for ever")


def run_by_steps(machine: Machine) -> None:
    """Do what `run` does, with `step`."""
    while machine.frames:
        interpreter.step(machine)


def drive(view: StateView, env: BlockEnv, tx: Transaction, advance: Callable[[Machine], Any]) -> TxResult:
    """Execute a transaction on a view that may refuse; `advance` takes its machine to the end."""
    checked = insist(lambda: check_transaction(view, env, tx))
    execution = insist(lambda: begin_transaction(view, env, checked))
    insist(lambda: advance(execution.machine))
    return insist(lambda: finish_transaction(execution))


def replace_instruction(patch: pytest.MonkeyPatch, name: str, run: Callable[[Frame], Any] | None, gas: int = 0) -> None:
    """Give one opcode another function, and let it cost `gas` more: a machine with a fault, and without tier 1."""
    patch.setattr(compiler, "HOT_AFTER", float("inf"))
    prepare.cache_clear()
    original, code = interpreter.dispatch_of, BY_NAME[name].code

    def faulty(*arguments: Any) -> Any:
        rows = list(original(*arguments))
        function, price, lowest, highest = rows[code]
        rows[code] = (run or function, price + gas, lowest, highest)
        return tuple(rows)

    patch.setattr(interpreter, "dispatch_of", faulty)
