"""The state: a map from locations to values, and the one door through which the machine reads it.

`StateView.read(location)` is that door. The world before a block is a view; the world as the next transaction of a
block sees it (`BlockView`) is a view; every parallel backend is, at heart, one more. Nothing reads past a view, so
what a transaction depended on is known exactly, and nothing writes through one: a transaction *returns* its writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from toyevm import rlp
from toyevm.crypto import EMPTY_CODE_HASH, keccak256
from toyevm.trie import prove, trie_root
from toyevm.types import BEFORE_BLOCK, Address, Field, Hash32, Location, Read, Value, Version, make

BALANCE, NONCE, CODE, STORAGE = Field  # CPython 3.11 looks up members of an Enum slowly, and these all the time


class StateView(Protocol):
    """Answer reads; a view that cannot answer yet raises `Suspend`, and the machine may be run again later.

    The answer for a storage slot takes a later clearing of the whole storage into account, and names its version.
    """

    def read(self, location: Location) -> Read:
        """Return the value at `location` and the version that wrote it."""


@dataclass(frozen=True)
class Account:
    """One account. `storage` holds no zeros: an empty slot is an absent one."""

    nonce: int = 0
    balance: int = 0
    code: bytes = b""
    storage: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Tell whether the account counts as absent (EIP-161); storage does not matter."""
        return self.nonce == 0 and self.balance == 0 and not self.code

    @cached_property
    def storage_root(self) -> Hash32:
        return trie_root(self._storage_items())

    def encode(self) -> bytes:
        """Return the leaf of the state tree: nonce, balance, storage root, code hash."""
        code_hash = keccak256(self.code) if self.code else EMPTY_CODE_HASH
        return rlp.encode([self.nonce, self.balance, self.storage_root, code_hash])

    def _storage_items(self) -> dict[bytes, bytes]:
        return {keccak256(slot.to_bytes(32, "big")): rlp.encode(value) for slot, value in self.storage.items()}

    def prove_slot(self, slot: int) -> tuple[bytes, ...]:
        """Return the path from the storage root to `slot`, whether it is there or not."""
        return prove(self._storage_items(), keccak256(slot.to_bytes(32, "big")))


ABSENT = Account()
_FIELD_NAMES: dict[int, str] = {field: field.name.lower() for field in Field}


@dataclass(frozen=True)
class StateDiff:
    """What changed: a new value for each location, and the accounts that were touched.

    A touched account that is empty in the end is removed (EIP-161), even if nothing about it changed.
    """

    writes: Mapping[Location, Value] = field(default_factory=dict)
    touched: frozenset[Address] = frozenset()


@dataclass(frozen=True)
class WorldState:
    """All accounts at one moment; never edited, only replaced by `apply`."""

    accounts: Mapping[Address, Account] = field(default_factory=dict)

    def read(self, location: Location) -> Read:
        """Return the value at `location`; nobody in the block wrote it."""
        address, key = location
        account = self.accounts.get(address, ABSENT)
        if key >= 0:
            return make(Read, (BEFORE_BLOCK, account.storage.get(key, 0)))
        if key == STORAGE:
            return make(Read, (BEFORE_BLOCK, int(bool(account.storage))))
        return make(Read, (BEFORE_BLOCK, getattr(account, _FIELD_NAMES[key])))

    def apply(self, diff: StateDiff) -> WorldState:
        """Return the state after `diff`."""
        accounts = dict(self.accounts)
        changes: dict[Address, dict[int, Value]] = {address: {} for address in sorted(diff.touched)}
        for (address, key), value in diff.writes.items():
            changes.setdefault(address, {})[key] = value
        for address, fields in changes.items():
            account = _changed(accounts.get(address, ABSENT), fields)
            if account.is_empty:
                accounts.pop(address, None)
            else:
                accounts[address] = account
        return WorldState(accounts)

    @cached_property
    def root(self) -> Hash32:
        """Return the state root of the header: one hash of everything."""
        return trie_root(self._account_items())

    def prove_account(self, address: Address) -> tuple[bytes, ...]:
        """Return the path from the state root to an account, whether it is there or not."""
        return prove(self._account_items(), keccak256(address))

    def _account_items(self) -> dict[bytes, bytes]:
        return {keccak256(address): account.encode() for address, account in self.accounts.items()}


class BlockView:
    """The state in the middle of a block: the world before it, and what its first transactions wrote."""

    def __init__(self, base: StateView) -> None:
        self._base = base
        self._written: dict[Location, Read] = {}
        self._cleared: dict[Address, Version] = {}
        self._touched: set[Address] = set()

    def read(self, location: Location) -> Read:
        written = self._written.get(location)
        if written is not None:
            return written
        if self._cleared and location.is_slot and location.address in self._cleared:
            return Read(self._cleared[location.address], 0)
        return self._base.read(location)

    def commit(self, version: Version, diff: StateDiff) -> None:
        """Let the following reads see `diff`."""
        for location in diff.writes:
            if location.key == STORAGE:
                self._clear_storage(location.address, version)
        self._written.update({location: Read(version, value) for location, value in diff.writes.items()})
        self._touched |= diff.touched

    def pay(self, version: Version, address: Address, amount: int) -> None:
        """Add to a balance, as fees, withdrawals and rewards do; an account that is empty even so is gone (EIP-161)."""
        balance = self.read(Location(address, BALANCE)).value
        assert isinstance(balance, int)
        writes: dict[Location, Value] = {Location(address, BALANCE): balance + amount} if amount else {}
        if not (balance or amount):
            nonce, code, has_storage = (self.read(Location(address, field)).value for field in (NONCE, CODE, STORAGE))
            if has_storage and not (nonce or code):
                writes[Location(address, STORAGE)] = 0
        self.commit(version, StateDiff(writes, frozenset([address])))

    def diff(self) -> StateDiff:
        """Return everything committed so far, in the order of first writing."""
        return StateDiff({location: read.value for location, read in self._written.items()}, frozenset(self._touched))

    def _clear_storage(self, address: Address, version: Version) -> None:
        self._cleared[address] = version
        for location in [loc for loc in self._written if loc.address == address and loc.is_slot]:
            del self._written[location]


def world_from_alloc(alloc: Iterable[tuple[Address, Account]]) -> WorldState:
    """Return the world with these accounts, dropping zero slots."""
    return WorldState({address: _changed(account, account.storage) for address, account in alloc})


def _changed(account: Account, fields: Mapping[int, Value]) -> Account:
    named: dict[str, Any] = {_FIELD_NAMES[key]: value for key, value in fields.items() if key < 0}
    slots = {key: value for key, value in fields.items() if key >= 0}
    if slots or "storage" in named:
        old = {} if "storage" in named else account.storage
        named["storage"] = {slot: value for slot, value in {**old, **slots}.items() if value}
    return replace(account, **named) if named else account
