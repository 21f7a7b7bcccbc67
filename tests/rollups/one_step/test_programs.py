"""Random programs and ERC-20 transfers: after every opcode, the micro-steps are where the plain machine is."""

from __future__ import annotations

import statistics
from collections import Counter

import pytest

from tests.fuzz.programs import program
from tests.rollups.one_step.heavy import heavy_trace
from tests.rollups.one_step.samples import name_of
from tests.rollups.one_step.walk import Walked, walk
from toyevm.errors import InvalidTransaction
from toyevm.forks import LONDON, OSAKA, Fork
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.clone import clone
from toyevm.rollups.one_step.commitment import world_node
from toyevm.rollups.one_step.context import Context, context_of
from toyevm.rollups.one_step.counting import StepCounter
from toyevm.rollups.one_step.items import items_of
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.witness import check_step, make_witness
from toyevm.transition import begin_transaction, check_transaction
from toyevm.vm.message import begin_message, default_env, world_with_code
from toyevm.vm.opcodes import mnemonics_of
from toyevm.workloads.transfers import to_many

MOST = 250  # opcodes of one program


def shown(walked: Walked, context: Context) -> list[int]:
    """Check the witness of every micro-step of an opcode, and return how long they are."""
    sizes = []
    for state, after in zip(walked.states, [*walked.states[1:], walked.after]):
        witness = make_witness(state, context)
        assert check_step(state.hash, witness, context) == after.hash, walked.name
        sizes.append(len(witness))
    return sizes


def programs(seeds: range, every: int) -> tuple[Counter[str], list[int]]:
    """Walk random programs; witnesses are made of some opcodes, and of what occurs for the first time."""
    names, sizes = Counter[str](), list[int]()
    for seed in seeds:
        made = program(seed, forks=(OSAKA,))
        try:
            checked = check_transaction(made.world, made.env, made.signed)
        except InvalidTransaction:
            continue
        counter = StepCounter(made.env)
        machine = begin_transaction(made.world, counter.env, checked).machine
        context = context_of(made.env, checked, 0)
        context = Context(made.env, context.tx, gas_cap=context.gas_cap, posted=counter.posted)
        twin = clone(machine)
        for number, walked in enumerate(walk(machine, world_node(made.world), context)):
            assert counter.step(twin) == len(walked.states), walked.name
            if number % every == 0 or names[walked.name] < 3:
                sizes += shown(walked, context)
            names[walked.name] += 1
            if number == MOST:
                break
    return names, sizes


def test_random_programs_lead_where_the_machine_goes() -> None:
    names, sizes = programs(range(25), every=40)
    assert len(names) > 100
    assert statistics.median(sizes) <= 700
    assert max(sizes) <= 4096


@pytest.mark.parametrize("fork", [LONDON, OSAKA], ids=lambda fork: fork.name)
def test_every_opcode_has_a_witness_if_it_ends_well_if_the_stack_is_low_and_if_gas_is_short(fork: Fork) -> None:
    for name, row in mnemonics_of(fork).items():
        for words, lack in ((17, None), (17, 1), (0, None), (17, 3_000)):
            code = bytes.fromhex("6001") * words + bytes([row.code]) + b"\x5b" * 40
            world = world_with_code(code, storage={1: 9})
            gas = 3 * words + (100_000 if lack is None else lack)
            machine = begin_message(world, default_env(fork), gas=gas, input=bytes(range(40)))
            context = Context(machine.env, machine.tx)
            for walked, _ in zip(walk(machine, world_node(world), context), range(words + 1)):
                if walked.name == name:
                    shown(walked, context)


@pytest.mark.whole
def test_many_random_programs_lead_where_the_machine_goes() -> None:
    names, _ = programs(range(25, 600), every=100)
    assert set(mnemonics_of(OSAKA)) <= set(names)


def test_every_step_of_token_transfers_is_shown_by_a_witness() -> None:
    load = to_many(count=3, token=True)
    env = load.chain.env(load.block)
    trace = BlockTrace(load.pre, env, list(items_of(env, load.block)))
    sizes = []
    for index in range(len(trace.items)):
        steps = trace.steps(index)
        state = steps.before
        for number in range(steps.count):
            witness, after = make_witness(state, steps.context), micro_step(state, steps.context)
            assert check_step(state.hash, witness, steps.context) == after.hash
            sizes.append(len(witness))
            if number % 20 == 0:
                assert steps.state(number + 1).hash == after.hash
            state = after
        assert state.hash == trace.states[index + 1].hash
    assert statistics.median(sizes) <= 700
    assert max(sizes) <= 1_500


def test_a_witness_fits_even_where_everything_is_large() -> None:
    """24 kB of code, 4,096 accounts, 4,096 slots in each of three storages, a high stack, long data."""
    trace = heavy_trace()
    steps = trace.steps(0)
    state, sizes = steps.before, list[tuple[int, str]]()
    for number in range(steps.count):
        after = micro_step(state, steps.context)
        name = name_of(state, steps.context)
        if number % 11 == 0 or "CALL" in name or name in ("SSTORE", "CREATE2", "SELFDESTRUCT", "before", "clean"):
            witness = make_witness(state, steps.context)
            assert check_step(state.hash, witness, steps.context) == after.hash
            sizes.append((len(witness), name))
        state = after
    assert state.hash == trace.states[1].hash
    assert statistics.median(size for size, _ in sizes) <= 700
    assert max(sizes)[0] <= 4096
    assert max(sizes)[1] == "STATICCALL"  # of a precompile, with 2,048 bytes of input
