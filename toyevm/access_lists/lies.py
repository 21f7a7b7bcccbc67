"""What can be wrong with a block access list, by name, and where: a list must say the truth and nothing but the truth.

First come those that can be seen by looking at the list (the codec finds them), then those that come out when the block
is executed. A value that is told for the wrong time is one lie and not two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from toyevm.access_lists.values import Accesses, Changes
from toyevm.errors import InvalidBlock
from toyevm.types import Location


class LieKind(StrEnum):
    """The ways in which a list can be wrong."""

    MALFORMED = "malformed"  # not the one encoding of a list
    UNSORTED = "unsorted"
    DUPLICATE = "duplicate"
    READ_AND_WRITTEN = "a slot both read and written"
    EMPTY_CHANGES = "a slot without changes"
    INDEX_OUT_OF_RANGE = "index out of range"
    WRONG_HASH = "wrong hash"
    OVERSIZED = "oversized"
    UNAFFORDABLE_READS = "more reads than the gas that is left can pay for"
    MISSING_ACCOUNT = "missing account"
    EXTRA_ACCOUNT = "extra account"
    MISSING_READ = "missing read"
    EXTRA_READ = "extra read"
    MISSING_WRITE = "missing write"
    EXTRA_WRITE = "extra write"
    WRONG_VALUE = "wrong value"
    WRONG_INDEX = "wrong index"


@dataclass(frozen=True)
class Lie:
    """One thing that a list says, or hides, and that is not so."""

    kind: LieKind
    where: str  # an account, a location, or a part of the encoding
    index: int | None = None  # at which a value is told, or should be

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}" + (f" at index {self.index}" if self.index is not None else "")


class InvalidAccessList(InvalidBlock):
    """A block whose access list lies; `lie` says how."""

    def __init__(self, lie: Lie) -> None:
        self.lie = lie
        super().__init__(f"block access list: {lie}")


def find_lies(claimed: Accesses, actual: Accesses) -> Iterator[Lie]:
    """Yield what a list says that is not so: accounts first, then reads, then changes, each in order.

    Of an account that is missing, or should not be there, nothing else is told.
    """
    for address in sorted(actual.accounts ^ claimed.accounts):
        kind = LieKind.MISSING_ACCOUNT if address in actual.accounts else LieKind.EXTRA_ACCOUNT
        yield Lie(kind, f"0x{address.hex()}")
    known = actual.accounts & claimed.accounts
    for location in sorted(actual.reads ^ claimed.reads):
        is_missing = location in actual.reads
        if location.address in known and location not in (claimed if is_missing else actual).changes:
            yield Lie(LieKind.MISSING_READ if is_missing else LieKind.EXTRA_READ, str(location))
    for location in sorted(actual.changes.keys() | claimed.changes.keys()):
        if location.address in known:
            yield from _changes_lies(location, claimed.changes.get(location, ()), actual.changes.get(location, ()))


def _changes_lies(location: Location, claimed: Changes, actual: Changes) -> Iterator[Lie]:
    if claimed == actual:
        return
    told, true = dict(claimed), dict(actual)
    for index in sorted(told.keys() & true.keys()):
        if told[index] != true[index]:
            yield Lie(LieKind.WRONG_VALUE, str(location), index)
    extra = [each for each in claimed if each.at not in true]
    for index, value in actual:
        if index not in told:
            moved = next((each for each in extra if each.value == value), None)
            if moved is not None:
                extra.remove(moved)
            yield Lie(LieKind.WRONG_INDEX if moved else LieKind.MISSING_WRITE, str(location), index)
    for each in extra:
        yield Lie(LieKind.EXTRA_WRITE, str(location), each.at)
