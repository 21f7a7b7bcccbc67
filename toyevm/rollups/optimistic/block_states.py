"""What a player of a dispute knows: the states of a block, each computed only when somebody asks for it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, Protocol

from toyevm.rollups.one_step.context import Context, Unpaid
from toyevm.rollups.one_step.describe import next_step
from toyevm.rollups.one_step.items import Item
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Missing, Node
from toyevm.rollups.one_step.trace import StepTrace
from toyevm.rollups.one_step.witness import make_witness
from toyevm.rollups.optimistic.claims import ItemClaim
from toyevm.rollups.optimistic.posted_input import COVERED_GAS, PostedInput, encode_posted
from toyevm.state import WorldState
from toyevm.types import Hash32
from toyevm.vm.frame import BlockEnv


class ItemTrace(Protocol):
    """The states of a block whole: the true ones, or those that somebody posts."""

    env: BlockEnv
    items: tuple[Item, ...]
    worlds: list[WorldState]
    states: list[Node]

    def context(self, index: int) -> Context:
        """Return what is known of an item without a witness."""
        ...

    def steps(self, index: int) -> StepTrace:
        """Return the micro-steps of an item."""
        ...


class StateTrace(Protocol):
    """The states of a block, between items and within each, as one player has them."""

    @property
    def items(self) -> int:
        """How many items there are."""
        ...

    def after(self, count: int) -> ItemClaim:
        """Return the claim about the state after so many items; behind the last, nothing changes any more."""
        ...

    def state(self, item: int, at: int) -> Hash32:
        """Return the hash of the state after so many micro-steps of an item; what is done stays as it is."""
        ...

    def evidence(self, item: int, at: int) -> tuple[bytes, bytes]:
        """Return the witness of the next micro-step, and what a precompile needs besides."""
        ...


class ShownStep(NamedTuple):
    """A micro-step that was shown by a witness of so many bytes."""

    size: int
    name: str


class BlockStates:
    """The true states of a block, or those of whoever made the trace.

    Attributes:
        shown: the steps for which it has made a witness.
        hashes: of the states within items that somebody has asked for: what it costs to be honest.
    """

    def __init__(self, trace: ItemTrace) -> None:
        self.trace = trace
        self.hashes: dict[tuple[int, int], Hash32] = {}
        self.shown: list[ShownStep] = []
        self.node = lru_cache(maxsize=64)(self._node)
        self.steps = lru_cache(maxsize=8)(trace.steps)
        self.height = lru_cache(maxsize=None)(self._height)

    @property
    def items(self) -> int:
        return len(self.trace.items)

    def after(self, count: int) -> ItemClaim:
        at = min(count, self.items)
        return ItemClaim(self.trace.states[at].hash, self.height(at - 1) if at else 0)

    def _height(self, item: int) -> int:
        """Return ceil(log2 micro-steps) of an item."""
        return (self.steps(item).count - 1).bit_length()

    def state(self, item: int, at: int) -> Hash32:
        if (item, at) not in self.hashes:
            self.hashes[item, at] = self.node(item, at).hash
        return self.hashes[item, at]

    def _node(self, item: int, at: int) -> Node:
        return self.steps(item).state(at)

    def evidence(self, item: int, at: int) -> tuple[bytes, bytes]:
        state, context = self.node(item, at), self.steps(item).context
        witness = make_witness(state, context)
        self.shown.append(ShownStep(len(witness), next_step(state, context).name))
        return witness, encode_posted(needed_input(state, context))


def needed_input(state: Node, context: Context) -> PostedInput:
    """Return what the next micro-step of a whole state asks of L1 for a precompile: gas, and one of the long inputs.

    One at most. Who brought those of all steps before L1 would soon have more than it takes, and could prove nothing.
    """
    known, input = replace(context, posted={}, paid_gas=COVERED_GAS), b""
    lack = _lack(state, known)
    if isinstance(lack, Missing):
        input = context.posted.get(lack.hash, b"")
        lack = _lack(state, replace(known, posted={lack.hash: input})) if input else None
    return PostedInput(lack.gas - COVERED_GAS if isinstance(lack, Unpaid) else 0, input)


def _lack(state: Node, context: Context) -> Missing | Unpaid | None:
    try:
        micro_step(state, context)
    except (Missing, Unpaid) as lack:
        return lack
    return None
