"""What a game has to do with these states: bisect to one micro-step, and judge that by its witness."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.worlds import CONTRACT, OTHER, call, contract, environment, signed, world
from toyevm.blocks import Log
from toyevm.forks import PRAGUE
from toyevm.rollups.one_step.block_trace import BlockTrace, effects_of, state_after
from toyevm.rollups.one_step.describe import NextStep, next_step, top_words
from toyevm.rollups.one_step.items import item_of
from toyevm.rollups.one_step.nodes import Node
from toyevm.rollups.one_step.trace import StepTrace, Tampering
from toyevm.rollups.one_step.witness import StepRefused, check_step, make_witness
from toyevm.state import WorldState
from toyevm.types import Location, Read
from toyevm.vm.frame import Machine, Outcome

INNER = "PUSH 4 SLOAD PUSH 1 ADD PUSH 4 SSTORE PUSH 9 PUSH 64 MSTORE PUSH 96 PUSH 0 RETURN"
OUTER = f"PUSH 3 SLOAD PUSH 0 MSTORE {call(OTHER)} PUSH 32 MSTORE PUSH 7 PUSH 64 PUSH 0 LOG1 PUSH 3 SLOAD PUSH 5 SSTORE"


def block() -> BlockTrace:
    accounts = {CONTRACT: contract(OUTER, storage={3: 30}), OTHER: contract(INNER, storage={4: 40})}
    env = environment(PRAGUE)
    return BlockTrace(world(accounts), env, [item_of(env, signed(nonce=n)) for n in range(3)])


def depth_of(honest: StepTrace, liar: StepTrace) -> int:
    return (max(honest.count, liar.count) - 1).bit_length()


def differ(honest: StepTrace, liar: StepTrace, index: int) -> bool:
    return honest.state(index).hash != liar.state(index).hash


def first_difference(honest: StepTrace, liar: StepTrace) -> tuple[int, int]:
    """Bisect: return the last step on which both agree, and the number of rounds.

    Some lies are without effect in the end, as a word too many on a stack; who claims them, claims a state in between.
    """
    low, high, rounds = 0, 1 << depth_of(honest, liar), 0
    if not differ(honest, liar, high):
        high = next(index for index in range(high) if differ(honest, liar, index))
    while high - low > 1:
        middle, rounds = (low + high) // 2, rounds + 1
        low, high = (low, middle) if differ(honest, liar, middle) else (middle, high)
    return low, rounds


def convicted(honest: StepTrace, liar: StepTrace) -> NextStep:
    """Play until one step is left; its witness shows that the liar is wrong, and where."""
    low, _ = first_difference(honest, liar)
    state = honest.state(low)
    shown = check_step(state.hash, make_witness(state, honest.context), honest.context)
    assert shown == honest.state(low + 1).hash != liar.state(low + 1).hash
    with_lie = check_step(liar.state(low + 1).hash, make_witness(state, honest.context), honest.context)
    assert isinstance(with_lie, StepRefused)
    return next_step(state, honest.context)


def pushes(machine: Machine) -> None:
    machine.frames[-1].stack.append(1)


def swells(machine: Machine) -> None:
    machine.frames[-1].gas_left += 1


def scribbles(machine: Machine) -> None:
    machine.frames[-1].raw_memory += bytes(32)


def stores(machine: Machine) -> None:
    machine.journal.slot(CONTRACT, 8)
    machine.journal.set_slot(CONTRACT, 8, 1)


def logs(machine: Machine) -> None:
    machine.journal.add_log(Log(OTHER, (), b""))


def stops(machine: Machine) -> None:
    machine.outcome = Outcome(machine.frames[0].gas_left)
    machine.frames.clear()


def pays(machine: Machine) -> None:
    machine.journal.set_balance(OTHER, 10**18)


def jumps(machine: Machine) -> None:
    machine.frames[-1].pc += 1


@pytest.mark.parametrize("change", [pushes, swells, scribbles, stores, logs, stops, pays, jumps])
@pytest.mark.parametrize("place", ["first", "inner", "last"])
def test_a_machine_that_is_tampered_with_is_convicted(change: Callable[[Machine], None], place: str) -> None:
    trace = block()
    honest = trace.steps(1)
    at = {"first": 5, "inner": 25, "last": honest.count - 6}[place]
    liar = StepTrace(honest.before, trace.worlds[1], trace.context(1), Tampering(at, change))
    low, rounds = first_difference(honest, liar)
    assert rounds <= depth_of(honest, liar)
    assert low + 1 >= at
    convicted(honest, liar)


def test_a_lie_in_an_early_log_shows_in_the_last_state() -> None:
    """The states between items are chained: what is gone from the world is not gone from the claim."""
    trace = block()
    item = trace.items[0]
    effects = effects_of(trace.worlds[0], trace.env, item, trace.env.gas_limit)
    state = state_after(trace.states[0], effects._replace(logs=()))
    for index in (1, 2):
        effects = effects_of(trace.worlds[index], trace.env, trace.items[index], trace.env.gas_limit)
        state = state_after(state, effects)
    assert state.hash != trace.states[3].hash


class Stale:
    """A world in which one location still has an old value: what a scheduler with a race hands out."""

    def __init__(self, world: WorldState, location: Location, value: int) -> None:
        self._world, self._location, self._value = world, location, value

    def read(self, location: Location) -> Read:
        read = self._world.read(location)
        return Read(read.version, self._value) if location == self._location else read


def test_a_stale_read_is_named() -> None:
    trace = block()
    location = Location(OTHER, 4)
    honest = trace.steps(2)
    liar = StepTrace(honest.before, Stale(trace.worlds[2], location, 40), trace.context(2))  # what it was at first
    step = convicted(honest, liar)
    assert (step.name, step.location, step.depth) == ("SLOAD", location, 1)
    low, _ = first_difference(honest, liar)
    assert (top_of(honest.state(low + 1)), top_of(liar.state(low + 1))) == (42, 40)
    assert "SLOAD" in str(step)


def top_of(state: Node) -> int:
    frame = state.children[0]
    assert frame is not None
    return top_words(frame, 1)[0]
