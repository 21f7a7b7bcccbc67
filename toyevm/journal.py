"""What one transaction has read and written so far, and how to take it back.

All that a transaction can change lives in plain dictionaries (storage has one for each account: programs use it most),
and every change first notes `(dictionary, key, old value)`: `_set` does both, and what happens most writes it out.
To fill in what was read is no change. To undo a call frame is to play these notes backwards to the frame's `mark`: one
mechanism for balances, storage, logs, refunds and warm sets alike.

Two things look alike and are not. `reads` remembers what the transaction *depended on*: it only grows, and survives a
rollback, for a call that failed has still seen what it saw. The warm sets (EIP-2929) remember what was *paid for*:
they are rolled back with everything else.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from toyevm.blocks import Log
from toyevm.crypto import EMPTY_CODE_HASH, keccak256
from toyevm.state import BALANCE, CODE, NONCE, STORAGE, StateView
from toyevm.types import Address, Field, Hash32, Location, Read, Value, make

Slots = defaultdict[Address, dict[int, int]]
NOTHING: Any = object()


class Journal:
    """The state as the running transaction sees it: its own writes over a view.

    Args:
        view: where values come from the first time they are asked for.
        reads: what was read already, by the checks before the transaction began.
    """

    def __init__(self, view: StateView, reads: dict[Location, Read] | None = None) -> None:
        self.view = view
        self.reads: dict[Location, Read] = dict(reads or {})
        self.accessed: set[Address] = set()  # looked at without a read; like the reads, it only grows
        self.fields: dict[tuple[Address, int], Any] = {}  # balances, nonces and codes, as they are now
        self.storage: Slots = defaultdict(dict)
        self.original_storage: Slots = defaultdict(dict)
        self.transient: Slots = defaultdict(dict)
        self.warm_addresses: dict[Address, bool] = {}
        self.warm_slots: Slots = defaultdict(dict)
        self.touched: dict[Address, bool] = {}
        self.created: dict[Address, bool] = {}
        self.destroyed: dict[Address, bool] = {}
        self._unsettled: list[Address] | None = None  # in the end: whether these are empty is still to be asked
        self.log_entries: dict[int, Log] = {}
        self.counters: dict[str, int] = {"refund": 0}
        self.notes: list[tuple[dict[Any, Any], Any, Any]] = []

    # Undoing

    @property
    def mark(self) -> int:
        """The position in the journal to which `rollback` can return."""
        return len(self.notes)

    def rollback(self, mark: int) -> None:
        """Take back every change made since `mark`; the reads stay."""
        while len(self.notes) > mark:
            changed, key, old = self.notes.pop()
            if old is NOTHING:
                del changed[key]
            else:
                changed[key] = old

    def _set(self, changed: dict[Any, Any], key: Any, value: Any) -> None:
        self.notes.append((changed, key, changed.get(key, NOTHING)))
        changed[key] = value

    # Reading

    def _load(self, location: Location) -> Any:
        read = self.reads.get(location)
        if read is None:
            read = self.reads[location] = self.view.read(location)
        return read.value

    def _field(self, address: Address, field: Field) -> Any:
        value = self.fields.get((address, field))
        if value is None:
            location = Location(address, field)
            value = self.fields[location] = self._load(location)
        return value

    def balance(self, address: Address) -> int:
        balance: int = self._field(address, BALANCE)
        return balance

    def nonce(self, address: Address) -> int:
        nonce: int = self._field(address, NONCE)
        return nonce

    def code(self, address: Address) -> bytes:
        code: bytes = self._field(address, CODE)
        return code

    def code_hash(self, address: Address) -> Hash32:
        code = self.code(address)
        return keccak256(code) if code else EMPTY_CODE_HASH

    def has_storage(self, address: Address) -> bool:
        return bool(self._field(address, STORAGE))

    def slot(self, address: Address, slot: int) -> int:
        slots = self.storage[address]
        value = slots.get(slot)
        if value is None:
            value = slots[slot] = self.original_storage[address][slot] = self._load(make(Location, (address, slot)))
        return value

    def is_empty(self, address: Address) -> bool:
        """Tell whether the account counts as absent (EIP-161); reads no more fields than it needs."""
        return not (self.code(address) or self.nonce(address) or self.balance(address))

    @property
    def refund(self) -> int:
        return self.counters["refund"]

    @property
    def logs(self) -> tuple[Log, ...]:
        return tuple(self.log_entries.values())

    # Writing. There are no blind writes: what is overwritten has been read.

    def set_balance(self, address: Address, balance: int) -> None:
        self.balance(address)
        self._set(self.fields, (address, BALANCE), balance)
        self.touch(address)

    def transfer(self, sender: Address, recipient: Address, value: int) -> None:
        """Move `value` wei; the caller has checked that the sender has it."""
        if value:
            self.set_balance(sender, self.balance(sender) - value)
            self.set_balance(recipient, self.balance(recipient) + value)
        self.touch(recipient)

    def increment_nonce(self, address: Address) -> None:
        self._set(self.fields, (address, NONCE), self.nonce(address) + 1)

    def set_code(self, address: Address, code: bytes) -> None:
        self.code(address)
        self._set(self.fields, (address, CODE), code)

    def set_slot(self, address: Address, slot: int, value: int) -> None:
        slots = self.storage[address]
        self.notes.append((slots, slot, slots.get(slot, NOTHING)))
        slots[slot] = value

    def set_transient(self, address: Address, slot: int, value: int) -> None:
        self._set(self.transient[address], slot, value)

    def touch(self, address: Address) -> None:
        if address not in self.touched:
            self.notes.append((self.touched, address, NOTHING))
            self.touched[address] = True

    def warm_address(self, address: Address) -> None:
        if address not in self.warm_addresses:
            self._set(self.warm_addresses, address, True)

    def warm_slot(self, address: Address, slot: int) -> None:
        warm = self.warm_slots[address]
        if slot not in warm:
            self.notes.append((warm, slot, NOTHING))
            warm[slot] = True

    def mark_created(self, address: Address) -> None:
        self._set(self.created, address, True)

    def destroy(self, address: Address) -> None:
        """Mark an account to be gone when the transaction ends; until then it lives on."""
        self.balance(address), self.nonce(address), self.code(address)
        self._set(self.destroyed, address, True)

    def add_refund(self, amount: int) -> None:
        self._set(self.counters, "refund", self.refund + amount)

    def add_log(self, log: Log) -> None:
        logs, index = self.log_entries, len(self.log_entries)
        self.notes.append((logs, index, NOTHING))
        logs[index] = log

    # The outcome

    def clear_empty_accounts(self, later: Address | None = None) -> None:
        """Clear the storage of all touched accounts that are empty: they are gone when the transaction ends (EIP-161).

        That matters only where there is storage, so this is the first question about an account not known to live.
        Whether `later` is empty will be known later: it is the fee recipient.
        """
        known = self.fields.get
        if self._unsettled is None:
            self._unsettled = list(self.touched)[::-1]
        while self._unsettled:
            address = self._unsettled[-1]
            lives = known((address, BALANCE)) or known((address, CODE)) or known((address, NONCE)) or address == later
            if not lives and self.has_storage(address) and self.is_empty(address):
                self._set(self.fields, (address, STORAGE), 0)
            self._unsettled.pop()

    def write_set(self) -> dict[Location, Value]:
        """Return every location whose value the transaction changed, with its new value, in order of first read.

        A destroyed account loses all its fields; its slots go with STORAGE and are not listed one by one.
        """
        writes: dict[Location, Value] = {}
        storage, fields, destroyed = self.storage, self.fields, self.destroyed
        for location, (_, value) in self.reads.items():
            address, key = location
            if address in destroyed:
                final = value if key >= STORAGE else b"" if key == CODE else 0
            elif key >= 0:
                final = storage[address][key]
            else:
                final = fields.get(location, value)
            if final != value:
                writes[location] = final
        for address in destroyed:
            if address not in self.created:  # what was created in this transaction had no storage before it
                writes[Location(address, STORAGE)] = 0
        return writes
