"""One micro-step, done by L1 itself: by the players' own function, on the part of a state that a witness opens."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from toyevm import rlp
from toyevm.errors import DecodingError
from toyevm.rollups.one_step.byte_strings import string_of
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.layout import DONE, open_state
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.witness import StepRefused, check_step, decode_witness
from toyevm.rollups.optimistic.game import Verifier
from toyevm.rollups.optimistic.moves import MoveRefused
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
    after = check_step(root, witness, known)
    if isinstance(after, StepRefused):
        return after
    phase = open_state(micro_step(decode_witness(witness), known))[0]
    return after, (phase.name, phase.at) == (DONE, known.index + 1)


def with_posted(context: Context, posted: bytes) -> Context:
    """Return the context with inputs that were posted, an RLP list; DecodingError if it is not one."""
    if not posted:
        return context
    inputs = rlp.decode(posted)
    if not isinstance(inputs, list):
        raise DecodingError("not a list of inputs")
    strings = [each for each in inputs if isinstance(each, bytes) and each]
    return replace(context, posted={node.hash: each for each in strings if (node := string_of(each)) is not None})


def verifier_of(block: HasContexts) -> Verifier:
    """Return the check that a game needs, for the items of this block."""

    def verify(item: int, root: Hash32, witness: bytes, posted: bytes) -> tuple[Hash32, bool]:
        answer = step_once(block.context(item), root, witness, posted)
        if isinstance(answer, StepRefused):
            raise MoveRefused("the witness shows nothing")
        return answer

    return verify
