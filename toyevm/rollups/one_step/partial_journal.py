"""The machine's own journal, its dictionaries exchanged for views of a committed tree.

`Journal`'s methods run unchanged: what they look up or set in a dictionary, a view looks up or sets in the tree. Only
undoing is another: a mark is the committed journal itself, and to go back to it is to take its roots again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toyevm.blocks import Log
from toyevm.crypto import EMPTY_CODE_HASH
from toyevm.journal import Journal
from toyevm.rollups.one_step.byte_strings import AnyBytes, whole
from toyevm.rollups.one_step.journal_tree import (
    CREATED,
    DESTROYED,
    TOUCHED,
    WARM,
    JournalTree,
    link_log,
    read_account,
    read_slot,
)
from toyevm.rollups.one_step.nodes import Node
from toyevm.state import BALANCE, CODE, STORAGE, WorldState
from toyevm.types import BEFORE_BLOCK, Address, Hash32, Location, Read
from toyevm.vm.frame import BlockEnv


class View:
    """A dictionary as far as the journal and the instructions use one: `read` gives None where there is no entry."""

    def __init__(self, read: Callable[[Any], Any], write: Callable[[Any, Any], None] | None = None) -> None:
        self._read, self._write = read, write

    def get(self, key: Any, default: Any = None) -> Any:
        value = self._read(key)
        return default if value is None else value

    def __getitem__(self, key: Any) -> Any:
        return self._read(key)

    def __contains__(self, key: Any) -> bool:
        return bool(self._read(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        assert self._write is not None, "this dictionary is only read"
        self._write(key, value)


class PartialJournal(Journal):
    """A journal over a committed tree, which is opened when somebody asks for something in it.

    Args:
        node: the committed journal.
        keep: makes nodes of a code that is to be kept, and hashes it: that is work to be asked for.
        keep_string: makes a node of a byte string.
    """

    def __init__(
        self,
        node: Node,
        env: BlockEnv,
        keep: Callable[[AnyBytes], tuple[Node | None, bytes]],
        keep_string: Callable[[AnyBytes], Node | None],
    ) -> None:
        super().__init__(WorldState())
        self._node = node
        self._tree: JournalTree | None = None
        self._keep, self._keep_string = keep, keep_string
        views: dict[str, Any] = {
            "fields": View(self._read_field, self._write_field),
            "storage": View(lambda a: View(lambda slot: self._slot(a, slot), lambda *kv: self.tree.set_slot(a, *kv))),
            "original_storage": View(lambda a: View(lambda slot: self._original_slot(a, slot))),
            "transient": View(lambda a: View(lambda slot: self.tree.slot_marks(a, slot)[1], self._transient_of(a))),
            "warm_addresses": View(lambda a: a in env.precompiles or self.tree.flags(a) & WARM, self._flag(WARM)),
            "warm_slots": View(lambda a: View(lambda slot: self.tree.slot_marks(a, slot)[0], self._warm_of(a))),
            "touched": View(lambda a: self.tree.flags(a) & TOUCHED, self._flag(TOUCHED)),
            "created": View(lambda a: self.tree.flags(a) & CREATED, self._flag(CREATED)),
            "destroyed": View(lambda a: self.tree.flags(a) & DESTROYED, self._flag(DESTROYED)),
            "counters": View(lambda _: self.tree.refund, lambda _, refund: setattr(self.tree, "refund", refund)),
        }
        for name, view in views.items():
            setattr(self, name, view)

    @property
    def tree(self) -> JournalTree:
        """The roots, to be read and replaced."""
        if self._tree is None:
            self._tree = JournalTree.of(self._node)
        return self._tree

    # Undoing

    @property
    def mark(self) -> Any:
        """The journal as it is, committed: no position, but the thing itself."""
        return self._tree.node() if self._tree is not None else self._node

    def rollback(self, mark: Any) -> None:
        """Be again what the journal was."""
        self._node, self._tree = mark, None

    def read(self, location: Location) -> Read:
        """Answer as a view does, so that a transaction can be checked over the tree."""
        return Read(BEFORE_BLOCK, self._read_field(location))

    # What the dictionaries hold

    def _read_field(self, key: tuple[Address, int]) -> Any:
        account = self.tree.account(key[0])
        if key[1] == CODE:
            return whole(account.code, is_code=True)
        if key[1] == STORAGE:
            return int(account.storage is not None)
        return account.balance if key[1] == BALANCE else account.nonce

    def _write_field(self, key: tuple[Address, int], value: Any) -> None:
        account = self.tree.account(key[0])
        if key[1] == CODE:
            code, code_hash = self._keep(value)
            account = account._replace(code=code, code_hash=code_hash)
        elif key[1] == STORAGE:
            account = account._replace(storage=None)
        else:
            account = account._replace(**{"balance" if key[1] == BALANCE else "nonce": value})
        self.tree.set_account(key[0], account)

    def _slot(self, address: Address, slot: int) -> int:
        return read_slot(self.tree.account(address).storage, slot)

    def _original_slot(self, address: Address, slot: int) -> int:
        return read_slot(read_account(self.tree.original, address).storage, slot)

    def _flag(self, flag: int) -> Callable[[Address, bool], None]:
        return lambda address, _: self.tree.set_flag(address, flag)

    def _warm_of(self, address: Address) -> Callable[[int, bool], None]:
        def write(slot: int, _: bool) -> None:
            self.tree.set_slot_marks(address, slot, True, self.tree.slot_marks(address, slot)[1])

        return write

    def _transient_of(self, address: Address) -> Callable[[int, int], None]:
        def write(slot: int, value: int) -> None:
            self.tree.set_slot_marks(address, slot, self.tree.slot_marks(address, slot)[0], value)

        return write

    # Where the tree knows more than the dictionaries

    def code_hash(self, address: Address) -> Hash32:
        return self.tree.account(address).code_hash or EMPTY_CODE_HASH

    def add_log(self, log: Log) -> None:
        self.tree.logs = link_log(log, self._keep_string(log.data), self.tree.logs)
