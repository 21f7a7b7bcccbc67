"""The committed tree of a plain journal: as it is, and as it was at each frame's mark, from its notes for undoing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from toyevm.crypto import keccak256
from toyevm.journal import NOTHING, Journal
from toyevm.rollups.one_step.byte_strings import code_of, string_of
from toyevm.rollups.one_step.journal_tree import CREATED, DESTROYED, TOUCHED, WARM, AccountNode, JournalTree, link_log
from toyevm.rollups.one_step.nodes import Node
from toyevm.state import BALANCE, CODE, NONCE
from toyevm.types import Address

FLAGS = {"warm_addresses": WARM, "touched": TOUCHED, "created": CREATED, "destroyed": DESTROYED}
OF_AN_ACCOUNT = ("storage", "transient", "warm_slots")


class JournalImage:
    """The tree of a journal, which can be taken back, change by change, to what it was.

    Args:
        start: the committed journal when the transaction began.
        always_warm: the addresses that every transaction finds warm; they are not in the tree.
    """

    def __init__(self, journal: Journal, start: JournalTree, always_warm: Collection[Address]) -> None:
        self._notes, self._position = journal.notes, journal.mark
        self.tree = JournalTree(start.world, start.past)
        self._names: dict[int, tuple[str, Address]] = {id(journal.log_entries): ("logs", b"")}
        self._names |= {id(getattr(journal, name)): (name, b"") for name in (*FLAGS, "fields", "counters")}
        for name in OF_AN_ACCOUNT:
            self._names |= {id(slots): (name, address) for address, slots in getattr(journal, name).items()}
        self._logs: list[Node | None] = [None]
        self._touched: list[Node | None] = [None]
        self._fill_world(journal)
        self._fill_substate(journal, always_warm)

    def _fill_world(self, journal: Journal) -> None:
        for location, read in journal.reads.items():
            address, key = location
            held: Any = journal.storage.get(address, {}).get(key) if key >= 0 else journal.fields.get(location)
            if held is not None and held != read.value:
                self._set_slot(address, key, held) if key >= 0 else self._set_field(address, key, held)

    def _fill_substate(self, journal: Journal, always_warm: Collection[Address]) -> None:
        tree = self.tree
        for name, flag in FLAGS.items():
            for address in getattr(journal, name):
                if flag != WARM or address not in always_warm:
                    tree.set_flag(address, flag)
                if flag == TOUCHED:
                    self._touched.append(tree.touched)
        for name in ("warm_slots", "transient"):
            for address, slots in getattr(journal, name).items():
                for slot, value in slots.items():
                    self._set(name, address, slot, value)
        for log in journal.logs:
            self._logs.append(link_log(log, string_of(log.data), self._logs[-1]))
        tree.logs, tree.refund = self._logs[-1], journal.refund

    def back_to(self, mark: int) -> Node:
        """Go back to an earlier mark than the last, and return the commitment to the journal as it was there."""
        olds: dict[tuple[str, Address, Any], Any] = {}
        while self._position > mark:
            self._position -= 1
            changed, key, old = self._notes[self._position]
            olds[(*self._names[id(changed)], key)] = old  # the oldest is what counts
        for (name, address, key), old in olds.items():
            self._set(name, address, key, None if old is NOTHING else old)
        return self.tree.node()

    def _set(self, name: str, address: Address, key: Any, value: Any) -> None:
        """Let an entry of one of the journal's dictionaries be `value`; None takes it out."""
        tree = self.tree
        if name == "fields":
            self._set_field(key[0], key[1], value)
        elif name == "storage":
            self._set_slot(address, key, value)
        elif name == "warm_slots":
            tree.set_slot_marks(address, key, bool(value), tree.slot_marks(address, key)[1])
        elif name == "transient":
            tree.set_slot_marks(address, key, tree.slot_marks(address, key)[0], value or 0)
        elif name == "counters":
            tree.refund = value
        elif name == "logs":
            self._logs = self._logs[: key + 1]
            tree.logs = self._logs[-1]
        elif value is None:
            tree.set_flag(key, FLAGS[name], is_set=False)
            if name == "touched":
                self._touched.pop()
                tree.touched = self._touched[-1]

    def _set_field(self, address: Address, field: int, value: Any) -> None:
        self.tree.set_account(address, with_field(self.tree.account(address), field, value))

    def _set_slot(self, address: Address, slot: int, value: int) -> None:
        self.tree.set_slot(address, slot, value)


def with_field(account: AccountNode, field: int, value: Any) -> AccountNode:
    """Return an account with another balance, nonce or code, or without storage: that is only ever cleared."""
    if field == CODE:
        return account._replace(code=code_of(value), code_hash=keccak256(value) if value else b"")
    if field in (BALANCE, NONCE):
        return account._replace(**{"balance" if field == BALANCE else "nonce": value})
    return account._replace(storage=None)
