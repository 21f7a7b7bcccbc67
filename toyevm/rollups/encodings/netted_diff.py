"""A netted state diff: what is different after a batch, however often it changed in between.

One entry an account, in the order of the index:

    index 3 (a new account: ff ff ff and its address)    which fields follow, as bits    the fields

An account that paid a hundred times has one entry; one whose payments cancel out has none. That is all that somebody
who trusts the proof needs to know the state; what happened in between is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from toyevm import rlp
from toyevm.errors import DecodingError
from toyevm.rollups.encodings.account_index import AccountIndex
from toyevm.rollups.encodings.base import Piece, by_part
from toyevm.rollups.encodings.cursor import Cursor, uvarint
from toyevm.state import StateDiff, StateView
from toyevm.types import Address, Field, Location, Value

FIELD_ORDER = (Field.NONCE, Field.BALANCE, Field.CODE, Field.STORAGE)  # STORAGE: whether it was cleared
HAS_SLOTS = 1 << len(FIELD_ORDER)
PART_OF = {Field.NONCE: "nonce", Field.BALANCE: "balance", Field.CODE: "code", Field.STORAGE: "storage"}


def net(before: StateView, diffs: Iterable[StateDiff]) -> dict[Location, Value]:
    """Return the last value of each location that the diffs write, if it is not the one before them.

    A slot that is cleared with its account's whole storage was 0 before whatever is written to it later.
    """
    last: dict[Location, Value] = {}
    for diff in diffs:
        cleared = {location.address for location in diff.writes if location.key == Field.STORAGE}
        if cleared:
            last = {
                location: value
                for location, value in last.items()
                if location.address not in cleared or location.key < 0
            }
        last |= diff.writes

    def old(location: Location) -> Value:
        is_cleared = location.is_slot and Location(location.address, Field.STORAGE) in last
        return 0 if is_cleared else before.read(location).value

    return {location: last[location] for location in sorted(last) if old(location) != last[location]}


@dataclass(frozen=True)
class NettedDiff:
    """Changed values by location; encoded, they stand by account, in the order of the index."""

    index: AccountIndex
    name: str = "netted diff"

    def encode(self, changes: Mapping[Location, Value]) -> bytes:
        """Return one entry an account."""
        return b"".join(content for _, content in self._pieces(changes))

    def decode(self, data: bytes) -> dict[Location, Value]:
        """Return the changed values, sorted by location, or raise DecodingError."""
        changes: dict[Location, Value] = {}
        cursor, previous = Cursor(data), b""
        while cursor.left:
            start = cursor.position
            account = self.index.read(cursor)
            written = data[start : cursor.position]
            if written <= previous:
                raise DecodingError(f"account {written.hex()} after {previous.hex()}", expected="each once, in order")
            changes |= {Location(account, key): value for key, value in _read_fields(cursor)}
            previous = written
        return {location: changes[location] for location in sorted(changes)}

    def parts(self, changes: Mapping[Location, Value]) -> dict[str, bytes]:
        """Return the bytes of `encode` by what they are for."""
        return by_part(self._pieces(changes))

    def _pieces(self, changes: Mapping[Location, Value]) -> list[Piece]:
        by_account: dict[Address, dict[int, Value]] = {}
        for (address, key), value in sorted(changes.items()):
            by_account.setdefault(address, {})[key] = value
        pieces: list[Piece] = []
        for address in sorted(by_account, key=self.index.write):
            pieces += [("account", self.index.write(address)), *_field_pieces(by_account[address])]
        return pieces


def _field_pieces(fields: Mapping[int, Value]) -> list[Piece]:
    flags = sum(1 << place for place, field in enumerate(FIELD_ORDER) if field in fields)
    slots = [number for key, value in fields.items() if key >= 0 for number in (key, value)]
    pieces = [("framing", bytes([flags | (HAS_SLOTS if slots else 0)]))]
    pieces += [(PART_OF[field], _write_field(fields[field])) for field in FIELD_ORDER[:3] if field in fields]
    return [*pieces, ("storage", rlp.encode(slots))] if slots else pieces


def _write_field(value: Value) -> bytes:
    return uvarint(value) if isinstance(value, int) else uvarint(len(value)) + value


def _read_fields(cursor: Cursor) -> Iterator[tuple[int, Value]]:
    flags = cursor.integer(1)
    if not 0 < flags < 2 * HAS_SLOTS:
        raise DecodingError(f"fields {flags:#x}", expected="some of those there are")
    for place, field in enumerate(FIELD_ORDER):
        if flags >> place & 1:
            yield field, _read_field(cursor, field)
    if flags & HAS_SLOTS:
        yield from _read_slots(cursor)


def _read_field(cursor: Cursor, field: Field) -> Value:
    match field:
        case Field.CODE:
            return cursor.take(cursor.uvarint())
        case Field.STORAGE:
            return 0  # that it was cleared is all there is to say
        case Field.NONCE:
            return cursor.uvarint()
    return cursor.uvarint(256)


def _read_slots(cursor: Cursor) -> Iterator[tuple[int, int]]:
    items = cursor.rlp_item()
    if not isinstance(items, list) or not items or len(items) % 2:
        raise DecodingError("slots of the wrong shape", expected="a list of slots and values by turns")
    numbers = [rlp.decode_int(item) for item in items]
    slots = numbers[::2]
    if slots != sorted(set(slots)):
        raise DecodingError("slots out of order", expected="each once, in order")
    yield from zip(slots, numbers[1::2], strict=True)
