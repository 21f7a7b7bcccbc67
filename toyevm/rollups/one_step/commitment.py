"""The commitment to a plain machine, between two opcodes: from its data alone, as a prover has it.

What a frame goes back to when it fails is not there as data: it is in the journal's notes for undoing. They are read
backwards, from now to the mark of each frame, and change a tree instead of the journal.
"""

from __future__ import annotations

from toyevm.crypto import keccak256
from toyevm.rollups.one_step import arrays, maps
from toyevm.rollups.one_step.arrays import WORD_SIZE
from toyevm.rollups.one_step.byte_strings import as_number, code_of, string_of
from toyevm.rollups.one_step.journal_image import JournalImage, with_field
from toyevm.rollups.one_step.journal_tree import AccountNode, JournalTree, slot_key
from toyevm.rollups.one_step.layout import RUNNING, Phase, call_node, frame_node, outcome_node, stack_chain, state_node
from toyevm.rollups.one_step.nodes import Node
from toyevm.state import STORAGE, Account, StateDiff, WorldState
from toyevm.types import Address, Value
from toyevm.vm.frame import Frame, Machine


def world_node(world: WorldState) -> Node | None:
    """Return the tree of all accounts. An account without anything is as one that is not there."""
    entries = {address: account_node(account).entry() for address, account in world.accounts.items()}
    return maps.bulk({address: entry for address, entry in entries.items() if entry is not None})


def account_node(account: Account) -> AccountNode:
    """Return an account as the tree has it."""
    storage = maps.bulk({slot_key(slot): Node(as_number(value)) for slot, value in account.storage.items() if value})
    code_hash = keccak256(account.code) if account.code else b""
    return AccountNode(account.nonce, account.balance, code_hash, code_of(account.code), storage)


def world_after(world: Node | None, diff: StateDiff) -> Node | None:
    """Return the tree after `diff`, as `WorldState.apply` has it: a touched account that is empty is gone."""
    tree = JournalTree(world)
    changes: dict[Address, dict[int, Value]] = {address: {} for address in sorted(diff.touched)}
    for (address, key), value in diff.writes.items():
        changes.setdefault(address, {})[key] = value
    for address, fields in changes.items():
        if STORAGE in fields:
            tree.set_account(address, tree.account(address)._replace(storage=None))
        for key, value in fields.items():
            if isinstance(value, int) and key >= 0:
                tree.set_slot(address, key, value)
            elif key != STORAGE:
                tree.set_account(address, with_field(tree.account(address), key, value))
        if tree.account(address).is_empty:
            tree.set_account(address, AccountNode())
    return tree.world


def commit(machine: Machine, start: JournalTree, phase: Phase = RUNNING) -> Node:
    """Return the state of a machine; `start` is the committed journal when its transaction began.

    Its hash is the root that is claimed; the node itself holds everything, for `make_witness`.
    """
    journal = JournalImage(machine.journal, start, machine.env.always_warm)
    now = journal.tree.node()
    marks = [journal.back_to(frame.mark) for frame in reversed(machine.frames)][::-1]
    frame_: Node | None = None
    for frame, mark in zip(machine.frames, marks, strict=True):
        frame_ = _frame(frame, mark, frame_)
    extra: Node | None = None
    if machine.outcome is not None:
        outcome, failure = machine.outcome, machine.outcome.failure
        extra = outcome_node(outcome.gas_left, failure.name if failure else None, string_of(outcome.output))
    return state_node(phase, frame_, now, extra)


def _frame(frame: Frame, mark: Node, below: Node | None) -> Node:
    memory = bytes(frame.memory)
    words = [memory[i : i + WORD_SIZE] for i in range(0, len(memory), WORD_SIZE)]
    call = call_node(frame.message, frame.memory_room, string_of(frame.input), mark)
    stack = len(frame.stack), stack_chain(frame.stack)
    parts = (code_of(frame.code.raw), call, string_of(frame.return_data), below)
    return frame_node(frame.pc, frame.gas_left, stack, (len(words), arrays.bulk(words)), parts)
