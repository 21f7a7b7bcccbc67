"""Lies about one state of a machine, each with everything else in order: what a liar claims to have computed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from toyevm import rlp
from toyevm.blocks import Log
from toyevm.rollups.one_step import arrays
from toyevm.rollups.one_step.byte_strings import as_number, number
from toyevm.rollups.one_step.journal_tree import JournalTree, link_log, strings
from toyevm.rollups.one_step.layout import RUN, open_call, open_state, outcome_node, state_node
from toyevm.rollups.one_step.nodes import Node, link

Corruption = Callable[[Node, Random], Node | None]
"""State, randomness -> another state, or None where there is nothing of the kind to lie about."""


def corrupt_stack(state: Node, rng: Random) -> Node | None:
    """Put another word on top of the stack."""
    phase, frame, journal, extra = open_state(state)
    if frame is None or frame.children[0] is None:
        return None
    top = frame.children[0]
    changed = link(as_number(number(top.value) ^ 1 << rng.randrange(8)), top.children[0])
    return state_node(phase, Node(frame.value, (changed, *frame.children[1:])), journal, extra)


def corrupt_memory(state: Node, rng: Random) -> Node | None:
    """Change one word of memory."""
    phase, frame, journal, extra = open_state(state)
    if frame is None:
        return None
    words = number(strings(frame.value, 4)[3])
    if not words:
        return None
    stack, memory, *rest = frame.children
    height, place = arrays.height_of(words), rng.randrange(words)
    changed = arrays.put(memory, height, place, rng.randbytes(32))
    return state_node(phase, Node(frame.value, (stack, changed, *rest)), journal, extra)


def corrupt_gas(state: Node, rng: Random) -> Node | None:
    """Have some more gas."""
    phase, frame, journal, extra = open_state(state)
    if frame is None:
        return None
    pc, gas, depth, words = map(number, strings(frame.value, 4))
    changed = Node(rlp.encode([pc, gas + rng.randrange(1, 50), depth, words]), frame.children)
    return state_node(phase, changed, journal, extra)


def corrupt_storage(state: Node, rng: Random) -> Node | None:
    """Change a balance that lies in the running contract's storage, or, outside of code, somebody's ether."""
    phase, frame, journal, extra = open_state(state)
    tree = JournalTree.of(journal)
    if frame is None:
        address = rng.randbytes(20)
        tree.set_account(address, tree.account(address)._replace(balance=1))
    else:
        call = frame.children[3]
        assert call is not None
        tree.set_slot(open_call(call)[0].address, rng.getrandbits(256), rng.getrandbits(64) + 1)
    return state_node(phase, frame, tree.node(), extra)


def corrupt_log(state: Node, rng: Random) -> Node | None:
    """Have logged something that nobody has."""
    phase, frame, journal, extra = open_state(state)
    tree = JournalTree.of(journal)
    tree.logs = link_log(Log(rng.randbytes(20), (rng.getrandbits(256),), b""), None, tree.logs)
    return state_node(phase, frame, tree.node(), extra)


def halt_early(state: Node, rng: Random) -> Node | None:
    """Say that the code has ended here, well."""
    phase, frame, journal, _ = open_state(state)
    if frame is None or phase.name != RUN:
        return None
    gas = number(strings(frame.value, 4)[1])
    return state_node(phase, None, journal, outcome_node(gas, None, None))
