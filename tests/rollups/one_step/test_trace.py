"""States by their number: any of a million is reached without the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from time import process_time

import pytest

from tests.fuzz.programs import program
from tests.support.worlds import ALICE, CONTRACT, call, environment, signed, world
from toyevm.forks import PRAGUE
from toyevm.rollups.one_step import trace as trace_module
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.commitment import world_node
from toyevm.rollups.one_step.context import context_of
from toyevm.rollups.one_step.describe import next_step
from toyevm.rollups.one_step.items import item_of
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.trace import StepTrace, state_between
from toyevm.rollups.one_step.witness import check_step, make_witness
from toyevm.state import Account

LONG = "PUSH 149000 loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI"  # 7 steps a turn


@pytest.mark.parametrize("seed", range(8))
def test_a_state_by_its_number_is_the_one_that_steps_lead_to(seed: int) -> None:
    made, rng = program(seed), Random(seed)
    context = context_of(made.env, item_of(made.env, made.signed), 3)
    steps = StepTrace(state_between(world_node(made.world), 3, 0), made.world, context)
    state, hashes = steps.before, [steps.before.hash]
    for _ in range(min(steps.count, 2_000)):
        state = micro_step(state, steps.context)
        hashes.append(state.hash)
    some = [0, 1, 2, len(hashes) - 1, *(rng.randrange(len(hashes)) for _ in range(30))]
    assert [steps.state(index).hash for index in some] == [hashes[index] for index in some]
    assert steps.state(steps.count + 7).hash == steps.state(steps.count).hash != steps.state(steps.count - 1).hash


@pytest.fixture
def usual_recursion() -> Iterator[None]:
    """Let Python have the limit that it begins with, whatever a library has made of it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("usual_recursion")
def test_the_deepest_calls_are_steps_like_any() -> None:
    env = environment(PRAGUE, gas_limit=10**12)
    item = item_of(env, signed(gas_limit=10**12, max_fee_per_gas=7))
    trace = BlockTrace(world({ALICE: Account(balance=10**30)}, source=f"{call(CONTRACT)} POP"), env, [item])
    steps = trace.steps(0)
    states = [steps.state(index) for index in range(8 * 1024, 8 * 1024 + 12)]  # a call is 8 opcodes
    assert any(next_step(state, steps.context).depth == 1024 for state in states)
    for state, after in pairwise(states):
        assert check_step(state.hash, make_witness(state, steps.context), steps.context) == after.hash


def test_copies_of_a_machine_with_much_memory_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_module, "MOST_KEPT_BYTES", 2**18)
    source = "PUSH 1 PUSH3 100000 MSTORE PUSH 900 loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI"
    env = environment(PRAGUE)
    steps = BlockTrace(world(source=source), env, [item_of(env, signed())]).steps(0)
    assert steps.count > 6_000
    assert steps._kept_bytes <= 2**18
    assert micro_step(steps.state(5_000), steps.context).hash == steps.state(5_001).hash


def test_twenty_rounds_over_a_million_steps_are_quick() -> None:
    env = environment(PRAGUE, gas_limit=100_000_000)
    before = process_time()
    trace = BlockTrace(world(source=LONG), env, [item_of(env, signed(gas_limit=60_000_000))])
    steps = trace.steps(0)
    low, high, rounds, lie = 0, 2**20, 0, 777_777
    assert steps.count > high // 2  # what is missing to a power of two are steps of a machine that has stopped
    while high - low > 1:
        middle = (low + high) // 2
        state, rounds = steps.state(middle), rounds + 1
        low, high = (middle, high) if middle <= lie else (low, middle)
    assert (rounds, low) == (20, lie)
    state, after = steps.state(low), steps.state(high)
    assert check_step(state.hash, make_witness(state, steps.context), steps.context) == after.hash
    print(process_time() - before, steps.count)
