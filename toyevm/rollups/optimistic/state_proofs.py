"""Proofs under the state that the rollup proposes: what a slot of L2 holds, shown to L1.

The root that is proposed is the one that a dispute commits to: the state after the last item, whose world is a binary
tree. A Merkle-Patricia root beside it would be one more thing that somebody could lie about: no micro-step computes it,
so no game could be lost over it. (On the OP Stack it is computed inside the game, by the client that MIPS runs.)
"""

from __future__ import annotations

from toyevm.errors import InvalidProof
from toyevm.rollups.one_step.journal_tree import JournalTree, read_account, read_slot
from toyevm.rollups.one_step.layout import DONE, open_state
from toyevm.rollups.one_step.nodes import Node, WatchedNode
from toyevm.rollups.one_step.trace import state_between
from toyevm.rollups.one_step.witness import decode_witness, encode_witness
from toyevm.types import Address, Hash32


def slot_witness(state: Node, address: Address, slot: int) -> bytes:
    """Return the part of a state that shows what a slot holds."""
    seen: set[Hash32] = set()
    _slot(WatchedNode(state, seen), address, slot)
    return encode_witness(state, seen)


def read_proven_slot(root: Hash32, address: Address, slot: int, witness: bytes) -> int:
    """Return what a slot holds under the root of a state between two items.

    Raises:
        InvalidProof: the witness does not show it.
    """
    state = decode_witness(witness)
    if state.hash != root:
        raise InvalidProof("the witness is of another state")
    seen: set[Hash32] = set()
    value = _slot(WatchedNode(state, seen), address, slot)
    if encode_witness(state, seen) != witness:
        raise InvalidProof("the witness shows more than the slot")
    return value


def _slot(state: Node, address: Address, slot: int) -> int:
    phase, _, journal, _ = open_state(state)
    if phase.name != DONE:
        raise InvalidProof("not a state between two items")
    return read_slot(read_account(JournalTree.of(journal).world, address).storage, slot)


def start_of_next(state: Node) -> Node:
    """Return the state before the next block: the same world, no item of it done and no gas used."""
    phase, _, journal, _ = open_state(state)
    if phase.name != DONE:
        raise InvalidProof("not a state between two items")
    return state_between(JournalTree.of(journal).world)


def next_block_witness(state: Node) -> bytes:
    """Return the part of a state that shows its world."""
    seen: set[Hash32] = set()
    start_of_next(WatchedNode(state, seen))
    return encode_witness(state, seen)


def proven_start(root: Hash32, witness: bytes) -> Hash32:
    """Return the root of the state before the next block; InvalidProof if the witness does not show it."""
    state = decode_witness(witness)
    if state.hash != root:
        raise InvalidProof("the witness is of another state")
    return start_of_next(state).hash
