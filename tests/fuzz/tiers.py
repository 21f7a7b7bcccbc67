"""The interpreter against the compiler: the same program must do the same, to the last unit of gas.

Tier 0 is the specification. What both tiers leave behind is taken down in full: besides the result of the transaction
the warm sets, transient storage, refund, which accounts came and went, how every single frame ended, and how a frame
stood, with its stack and memory, when it called another. Reads carry versions here that depend on the location, so that
the sets compare more than values. Then the gas is varied: a success must need exactly what it used, a small program is
tried with every amount, a larger one at the edges of its instructions. And a view refuses reads: the machine must stand
as tier 0 would at the refused instruction, and must end as if nothing had been.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from tests.fuzz.programs import PRICE, SENDER, Program
from toyevm.errors import Suspend
from toyevm.results import TxResult
from toyevm.state import StateView
from toyevm.transition import CheckedTransaction, begin_transaction, finish_transaction, intrinsic_gas
from toyevm.types import Location, Read, Version
from toyevm.vm import compiler, frame, interpreter
from toyevm.vm.frame import Frame, Machine

NEVER = float("inf")
EVERY_GAS = 800  # a program that uses no more than this is tried with every amount of gas
EDGES = 4  # otherwise: at the edges of so many instructions


class FrameEnd(NamedTuple):
    """How one frame ended; its stack and memory are of no use to anyone any more."""

    depth: int
    failure: str | None
    gas_left: int = 0  # a halt takes it all


class Pause(NamedTuple):
    """How a frame stood when it had to wait: for a frame it called, or for a view."""

    waits_for: str
    pc: int
    gas_left: int
    stack: tuple[int, ...]
    memory: bytes
    return_data: bytes


def pause(frame: Frame, waits_for: str) -> Pause:
    return Pause(waits_for, frame.pc, frame.gas_left, tuple(frame.stack), bytes(frame.memory), frame.return_data)


@dataclass(frozen=True)
class Observation:
    """Everything a run left behind, in a form that can be compared."""

    error: str | None
    gas_left: int = 0
    result: TxResult | None = None
    refund: int = 0
    warm_addresses: frozenset[Any] = frozenset()
    warm_slots: frozenset[Any] = frozenset()
    transient: frozenset[Any] = frozenset()
    created: frozenset[Any] = frozenset()
    destroyed: frozenset[Any] = frozenset()
    frames: tuple[FrameEnd | Pause, ...] = ()

    def differences(self, other: Observation) -> dict[str, tuple[str, str]]:
        """Return the fields that differ, of the result too, each with both values."""
        pairs = [(field.name, getattr(self, field.name), getattr(other, field.name)) for field in fields(self)]
        if self.result and other.result:
            pairs = [pair for pair in pairs if pair[0] != "result"]
            mine, theirs = self.result, other.result
            pairs += [(field.name, getattr(mine, field.name), getattr(theirs, field.name)) for field in fields(mine)]
        return {name: _shown(mine, theirs) for name, mine, theirs in pairs if mine != theirs}


def _shown(mine: Any, theirs: Any) -> tuple[str, str]:
    """Return what is in one and not in the other, where these are collections."""
    if isinstance(mine, frozenset) and isinstance(theirs, frozenset):
        mine, theirs = mine - theirs, theirs - mine
    elif isinstance(mine, dict) and isinstance(theirs, dict):
        mine, theirs = set(mine.items()) - set(theirs.items()), set(theirs.items()) - set(mine.items())
    elif isinstance(mine, tuple) and isinstance(theirs, tuple) and mine and theirs:
        at = next((i for i, (a, b) in enumerate(zip(mine, theirs)) if a != b), min(len(mine), len(theirs)))
        mine, theirs = (at, mine[at : at + 1]), (at, theirs[at : at + 1])
    return str(mine)[:600], str(theirs)[:600]


class Difference(NamedTuple):
    """Where two machines disagree: `setting` says how the second one was run."""

    setting: str
    fields: dict[str, tuple[str, str]]


class VersionedView:
    """A world whose values have been written by all sorts of transactions."""

    def __init__(self, base: StateView) -> None:
        self.base = base

    def read(self, location: Location) -> Read:
        number = location.address[0] + 31 * location.key
        return Read(Version(number % 7, number % 3), self.base.read(location).value)


class RefusingView:
    """A view that refuses every location the first time."""

    def __init__(self, base: StateView) -> None:
        self.base = base
        self.asked: set[Location] = set()

    def read(self, location: Location) -> Read:
        if location not in self.asked:
            self.asked.add(location)
            raise Suspend(location)
        return self.base.read(location)


class WatchedFrames(list[Frame]):
    """The machine's list of frames; takes down how each of them stood when it called, and how it ended."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        super().__init__(frames)
        self.seen: list[FrameEnd | Pause] = []

    def append(self, frame: Frame) -> None:
        if self:
            self.seen.append(pause(self[-1], frame.address.hex()))
        super().append(frame)

    def pop(self, *where: Any) -> Frame:
        ended = super().pop(*where)
        name = ended.failure.name if ended.failure else None
        gas_left = ended.gas_left if name in (None, "revert") else 0
        self.seen.append(FrameEnd(ended.message.depth, name, gas_left))
        return ended


@contextmanager
def hot_after(visits: float) -> Iterator[None]:
    """Let the compiler begin after so many visits of a place, with nothing compiled yet."""
    before = compiler.HOT_AFTER
    forget()
    compiler.HOT_AFTER = visits
    try:
        yield
    finally:
        compiler.HOT_AFTER = before
        forget()


def forget() -> None:
    """Throw away compiled and prepared code."""
    frame.prepare.cache_clear()


def steps_of(machine: Machine, edges: list[int] | None = None) -> int:
    """Run a machine by single steps; return how many. Take down the gas left in the outermost frame before each."""
    count = 0
    while machine.frames:
        if edges is not None and len(machine.frames) == 1:
            edges.append(machine.frames[0].gas_left)
        interpreter.step(machine)
        count += 1
    return count


def observe(
    program: Program, gas: int, advance: Callable[[Machine], Any] = interpreter.run, patient: bool = False
) -> Any:
    """Run a program with this much gas for its code, and take down everything."""
    view: Any = VersionedView(program.world)
    if patient:
        view = RefusingView(view)
    try:
        return _observe(program, gas, advance, view)
    except Exception as error:  # whatever it is, a machine must not raise it
        return Observation(f"Python: {type(error).__name__}: {error}")


def _observe(program: Program, gas: int, advance: Callable[[Machine], Any], view: StateView) -> Observation:
    cost, floor = intrinsic_gas(program.fork, program.tx)
    tx = replace(program.tx, gas_limit=cost + gas)
    price = min(tx.max_fee_per_gas, program.env.base_fee_per_gas + tx.priority_fee_cap)
    checked = CheckedTransaction(tx, SENDER, min(price, PRICE), cost, floor, {})
    execution = insist(lambda: begin_transaction(view, program.env, checked))
    machine = execution.machine
    machine.frames = watched = WatchedFrames(machine.frames)
    insist(lambda: advance(machine), lambda refused: watched.seen.append(pause(watched[-1], str(refused))))
    result = insist(lambda: finish_transaction(execution))
    journal, outcome = machine.journal, machine.outcome
    assert outcome is not None
    return Observation(
        error=result.error,
        gas_left=outcome.gas_left,
        result=result,
        refund=journal.refund,
        warm_addresses=frozenset(journal.warm_addresses),
        warm_slots=frozenset((who, slot) for who, slots in journal.warm_slots.items() for slot in slots),
        transient=frozenset((who, *item) for who, slots in journal.transient.items() for item in slots.items()),
        created=frozenset(journal.created),
        destroyed=frozenset(journal.destroyed),
        frames=tuple(watched.seen),
    )


def insist(action: Callable[[], Any], note: Callable[[Suspend], Any] = id) -> Any:
    """Try again after every Suspend, and note each of them."""
    while True:
        try:
            return action()
        except Suspend as refused:
            note(refused)


class Verdict(NamedTuple):
    """What became of one program, and where the tiers disagree about it."""

    outcome: str
    runs: int
    difference: Difference | None


def check(program: Program, thorough: bool = False) -> Verdict:
    """Run a program in every way and return the first difference; `thorough` repeats it until the default is hot."""
    edges: list[int] = []
    steps = 0

    def stepped(machine: Machine) -> None:
        nonlocal steps
        steps = steps_of(machine, edges)

    with hot_after(NEVER):
        gas = program.gas
        expected = {gas: observe(program, gas)}
        by_steps = observe(program, gas, stepped)
        refused = observe(program, gas, patient=True)
        for other in gas_limits(program, expected[gas], edges):
            expected[other] = observe(program, other)
    outcome = outcome_of(expected[gas], steps)
    runs = 2
    for setting, actual, wanted in _trials(program, expected, refused, thorough):
        runs += 1
        if actual.error and actual.error.startswith("Python"):
            return Verdict(outcome, runs, Difference(setting, {"error": (str(wanted.error), actual.error)}))
        if actual != wanted:
            return Verdict(outcome, runs, Difference(setting, wanted.differences(actual)))
    for setting, actual in {"by steps": by_steps, "reads refused": refused}.items():
        differs = replace(expected[gas], frames=()).differences(replace(actual, frames=()))
        if differs:
            return Verdict(outcome, runs, Difference(f"tier 0, {setting}", differs))
    return Verdict(outcome, runs + len(expected), None)


def _trials(
    program: Program, expected: dict[int, Observation], refused: Observation, thorough: bool
) -> Iterator[tuple[str, Observation, Observation]]:
    """Run tier 1 in every way; yield (how, what happened, what should have)."""
    gas = program.gas
    yield f"tier 0, gas {gas}", expected[gas], expected[gas]
    with hot_after(0):
        for amount, wanted in expected.items():
            yield f"hot after 0, gas {amount}", observe(program, amount), wanted
        yield "hot after 0, reads refused", observe(program, gas, patient=True), refused
    with hot_after(1):
        for turn in range(3):
            yield f"hot after 1, turn {turn}", observe(program, gas), expected[gas]
    turns = 30 if thorough else 1
    with hot_after(24):
        for turn in range(turns):
            yield f"hot after some, turn {turn}", observe(program, gas), expected[gas]
        if thorough:
            yield "hot after some, reads refused", observe(program, gas, patient=True), refused
            for amount, wanted in expected.items():
                yield f"hot after some, gas {amount}", observe(program, amount), wanted


def gas_limits(program: Program, seen: Observation, edges: list[int]) -> list[int]:
    """Return the amounts of gas worth trying: what was used, one less, and then all of them, or the edges."""
    used = program.gas - seen.gas_left
    limits = {used, used - 1}
    if used <= EVERY_GAS:
        limits |= set(range(used))
    else:
        spent = sorted({program.gas - left for left in edges})
        picked = random.Random(used).sample(spent, min(EDGES, len(spent)))
        limits |= {amount - near for amount in picked for near in (0, 1)}
    return sorted((limit for limit in limits if 0 <= limit != program.gas), reverse=True)


def outcome_of(seen: Observation, steps: int) -> str:
    """Return the row of the histogram."""
    if seen.error is None:
        return "success, more than 20 steps" if steps > 20 else "success, at most 20 steps"
    return seen.error
