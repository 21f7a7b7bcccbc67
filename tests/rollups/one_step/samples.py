"""Micro-steps of all kinds, each with its true next root: from random programs, and from blocks with everything."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from tests.fuzz.programs import program
from tests.support.chains import block_of
from tests.support.full_block import accounts, transactions, withdrawals
from tests.support.worlds import world
from toyevm.chain import ChainConfig
from toyevm.forks import PRAGUE
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.commitment import world_node
from toyevm.rollups.one_step.context import Context, context_of
from toyevm.rollups.one_step.describe import next_step
from toyevm.rollups.one_step.items import item_of, items_of
from toyevm.rollups.one_step.nodes import Node
from toyevm.rollups.one_step.trace import StepTrace, state_between
from toyevm.types import Hash32


class Sample(NamedTuple):
    """One micro-step."""

    name: str
    state: Node
    context: Context
    after: Hash32


def name_of(state: Node, context: Context) -> str:
    """Return what the next micro-step is: an opcode, a unit of data for one, or a step outside of the code."""
    step = next_step(state, context)
    return step.name.split()[0] + (" (data)" if step.is_unit else "")


def samples_of(steps: StepTrace, rng: Random, most: int) -> Iterator[Sample]:
    """Return some of the micro-steps of a trace."""
    for index in sorted(rng.sample(range(steps.count), min(most, steps.count))):
        state = steps.state(index)
        yield Sample(name_of(state, steps.context), state, steps.context, steps.state(index + 1).hash)


def samples(seeds: range, each: int) -> Iterator[Sample]:
    """Return samples from random programs, and from the items of one full block."""
    block = block_of(PRAGUE, *transactions(PRAGUE), withdrawals=withdrawals(PRAGUE))
    env = ChainConfig(fork=PRAGUE).env(block)
    trace = BlockTrace(world(accounts(PRAGUE)), env, tuple(items_of(env, block)))
    for index in range(len(trace.items)):
        yield from samples_of(trace.steps(index), Random(index), each)
    for seed in seeds:
        made = program(seed)
        context = context_of(made.env, item_of(made.env, made.signed), 0)
        steps = StepTrace(state_between(world_node(made.world)), made.world, context)
        yield from samples_of(steps, Random(seed), each)
