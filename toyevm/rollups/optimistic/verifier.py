"""One micro-step, done by L1 itself: by the players' own function, on the part of a state that a witness opens."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from toyevm.errors import DecodingError
from toyevm.rollups.one_step.byte_strings import string_of
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.layout import DONE, open_state
from toyevm.rollups.one_step.witness import StepRefused, shown_state
from toyevm.rollups.optimistic.game import Verifier
from toyevm.rollups.optimistic.moves import MoveRefused
from toyevm.rollups.optimistic.posted_input import COVERED_GAS, decode_posted
from toyevm.types import Hash32


class HasContexts(Protocol):
    """Whoever knows the items of the block, as everybody does who reads L1."""

    def context(self, index: int) -> Context: ...


def step_once(context: Context, root: Hash32, witness: bytes, posted: bytes) -> tuple[Hash32, bool] | StepRefused:
    """Return the state that follows `root` and whether the item is done then, or why that is not shown."""
    try:
        known = with_posted(context, posted)
    except DecodingError as error:
        return StepRefused("malformed-input", str(error))
    after = shown_state(root, witness, known)
    if isinstance(after, StepRefused):
        return after
    phase = open_state(after)[0]
    return after.hash, (phase.name, phase.at) == (DONE, known.index + 1)


def with_posted(context: Context, posted: bytes) -> Context:
    """Return the context with what was brought for a precompile, and no more; DecodingError if that is malformed."""
    gas, input = decode_posted(posted)
    node = string_of(input)
    return replace(context, posted={node.hash: input} if node is not None else {}, paid_gas=COVERED_GAS + gas)


def verifier_of(block: HasContexts) -> Verifier:
    """Return the check that a game needs, for the items of this block."""

    def verify(item: int, root: Hash32, witness: bytes, posted: bytes) -> tuple[Hash32, bool]:
        answer = step_once(block.context(item), root, witness, posted)
        if isinstance(answer, StepRefused):
            raise MoveRefused("the witness shows nothing")
        return answer

    return verify
