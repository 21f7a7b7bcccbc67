"""The state and what a transaction did to it so far, under one hash: what a frame goes back to when it fails.

    world      address -> nonce, balance, code hash; below it the code and the storage
    original   the world when the transaction began: SSTORE's price depends on it
    substate   address -> warm, touched, created, destroyed; below it slot -> warm, transient value
    logs       a chain, the newest first
    touched    a chain of addresses, the newest first: the accounts to look at in the end
    past       the hash of the state before this item: so the last state speaks for all items, their logs included
    refund     a number

These are all that a snapshot is. There are no notes for undoing: trees never change, an old root is an old state.
"""

from __future__ import annotations

from typing import NamedTuple

from toyevm import rlp
from toyevm.blocks import Log
from toyevm.rollups.one_step import maps
from toyevm.rollups.one_step.byte_strings import as_number, number
from toyevm.rollups.one_step.nodes import Malformed, Node, hashed, link
from toyevm.types import Address

WARM, TOUCHED, CREATED, DESTROYED = 1, 2, 4, 8


class AccountNode(NamedTuple):
    """An account as the tree has it; `code` and `storage` are nodes. All empty, it is not in the tree."""

    nonce: int = 0
    balance: int = 0
    code_hash: bytes = b""
    code: Node | None = None
    storage: Node | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.nonce or self.balance or self.code_hash)

    def entry(self) -> Node | None:
        if self.is_empty and self.storage is None:
            return None
        return Node(rlp.encode([self.nonce, self.balance, self.code_hash]), (self.code, self.storage))


def strings(value: bytes, count: int) -> list[bytes]:
    """Take apart a value that is an RLP list of `count` strings."""
    items = rlp.decode(value)
    if not isinstance(items, list) or len(items) != count or not all(isinstance(item, bytes) for item in items):
        raise Malformed(f"not a list of {count} strings")
    return [item for item in items if isinstance(item, bytes)]


def read_account(world: Node | None, address: Address) -> AccountNode:
    """Return an account of a tree; one that is not there is empty."""
    entry = maps.get(world, address)
    if entry is None:
        return AccountNode()
    nonce, balance, code_hash = strings(entry.value, 3)
    return AccountNode(number(nonce), number(balance), code_hash, entry.child(0, 2), entry.child(1, 2))


def read_slot(storage: Node | None, slot: int) -> int:
    """Return a slot of an account's storage."""
    entry = maps.get(storage, slot_key(slot))
    return number(entry.value) if entry is not None else 0


def slot_key(slot: int) -> bytes:
    return slot.to_bytes(32, "big")


def link_log(log: Log, data: Node | None, rest: Node | None) -> Node:
    """Return the chain of logs with one more in front, whose data has this node."""
    return hashed(Node(rlp.encode([log.address, list(log.topics)]), (data, rest)))


class JournalTree:
    """The roots, to be read and replaced. The account read last is kept: one step asks for it again and again."""

    def __init__(self, world: Node | None, past: Node | None = None) -> None:
        self.world = self.original = world
        self.past = past
        self.substate: Node | None = None
        self.logs: Node | None = None
        self.touched: Node | None = None
        self.refund = 0

    @classmethod
    def of(cls, node: Node) -> JournalTree:
        """Open a committed journal."""
        tree = cls(None)
        parts = [node.child(i, 6) for i in range(6)]
        tree.world, tree.original, tree.substate, tree.logs, tree.touched, tree.past = parts
        tree.refund = number(node.value)
        return tree

    def node(self) -> Node:
        """Return the commitment."""
        children = (self.world, self.original, self.substate, self.logs, self.touched, self.past)
        return Node(as_number(self.refund), children)

    # The world

    def account(self, address: Address) -> AccountNode:
        return read_account(self.world, address)

    def set_account(self, address: Address, account: AccountNode) -> None:
        self.world = maps.put(self.world, address, account.entry())

    def set_slot(self, address: Address, slot: int, value: int) -> None:
        account = self.account(address)
        storage = maps.put(account.storage, slot_key(slot), Node(as_number(value)) if value else None)
        self.set_account(address, account._replace(storage=storage))

    # The substate

    def flags(self, address: Address) -> int:
        return self._marks(address)[0]

    def _marks(self, address: Address) -> tuple[int, Node | None]:
        entry = maps.get(self.substate, address)
        return (entry.value[0], entry.child(0, 1)) if entry is not None else (0, None)

    def set_flag(self, address: Address, flag: int, is_set: bool = True) -> None:
        flags, slots = self._marks(address)
        self._set_marks(address, flags | flag if is_set else flags & ~flag, slots)
        if flag == TOUCHED and is_set and not flags & TOUCHED:
            self.touched = link(address, self.touched)

    def _set_marks(self, address: Address, flags: int, slots: Node | None) -> None:
        entry = Node(bytes([flags]), (slots,)) if flags or slots is not None else None
        self.substate = maps.put(self.substate, address, entry)

    def slot_marks(self, address: Address, slot: int) -> tuple[bool, int]:
        """Return whether a slot is warm, and its transient value."""
        entry = maps.get(self._marks(address)[1], slot_key(slot))
        return (bool(entry.value[0]), number(entry.value[1:])) if entry is not None else (False, 0)

    def set_slot_marks(self, address: Address, slot: int, is_warm: bool, transient: int) -> None:
        flags, slots = self._marks(address)
        entry = Node(bytes([is_warm]) + as_number(transient)) if is_warm or transient else None
        self._set_marks(address, flags, maps.put(slots, slot_key(slot), entry))
