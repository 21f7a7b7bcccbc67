"""Where the transactions of a block meet, with sets of transactions as numbers: bit i of a number is transaction i.

For each location there are two such sets, those who read it and those who wrote it. To merge two locations is to join
their sets; whom a transaction meets is what a set holds below its bit. So one pass over the results serves every
definition of a conflict, and what nobody wrote costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import or_
from typing import NamedTuple, TypeAlias

from toyevm.analysis.dependencies import Hazard
from toyevm.results import TxResult
from toyevm.types import Address, Field, Location

Members: TypeAlias = int  # a set of transactions: bit i for transaction i


@dataclass(frozen=True)
class Visitors:
    """Who read and who wrote each location of a block, and who paid a fee; `fees` is where fees go, if it is known."""

    size: int
    readers: Mapping[Location, Members]
    writers: Mapping[Location, Members]
    payers: Members = 0
    fees: Location | None = None


class Meetings(NamedTuple):
    """For each transaction the earlier ones that it meets: the nearest at each location, and every one."""

    nearest: list[Members]
    every: list[Members]


def visitors_of(results: Sequence[TxResult], fee_recipient: Address | None = None) -> Visitors:
    """Return who was where in an executed block."""
    readers: dict[Location, Members] = defaultdict(int)
    writers: dict[Location, Members] = defaultdict(int)
    payers = 0
    for tx_index, result in enumerate(results):
        bit = 1 << tx_index
        for location in result.read_set:
            readers[location] |= bit
        for location in result.write_set:
            writers[location] |= bit
        payers |= bit if result.fee else 0
    fees = None if fee_recipient is None else Location(fee_recipient, Field.BALANCE)
    return Visitors(len(results), readers, writers, payers, fees)


def meetings(visitors: Visitors, hazard: Hazard) -> Meetings:
    """Return whom each transaction meets in this way; the nearest are the predecessors in `dependency_graph`."""
    nearest, every = [0] * visitors.size, [0] * visitors.size
    for after, near, earlier in _FINDERS[hazard](visitors):
        nearest[after] |= near
        every[after] |= earlier
    return Meetings(nearest, every)


def join_meetings(size: int, found: Iterable[Meetings]) -> Meetings:
    """Return whom each of `size` transactions meets in one of several ways."""
    nearest, every = [0] * size, [0] * size
    for one in found:
        nearest, every = list(map(or_, nearest, one.nearest)), list(map(or_, every, one.every))
    return Meetings(nearest, every)


def members(transactions: Members) -> list[int]:
    """Return the transactions of a set, ascending.

    >>> members(0b1101)
    [0, 2, 3]
    """
    found = []
    while transactions:
        lowest = transactions & -transactions
        found.append(lowest.bit_length() - 1)
        transactions ^= lowest
    return found


_Found: TypeAlias = Iterator[tuple[int, Members, Members]]  # a transaction, whom it meets nearest, all whom it meets


def _reads_after_writes(visitors: Visitors) -> _Found:
    """Find who needs a value of whom: of the last writer, and of all who have paid fees since."""
    clearing = {place.address: who for place, who in visitors.writers.items() if place.key == Field.STORAGE}
    for location, readers in visitors.readers.items():
        writers = visitors.writers.get(location, 0)
        if clearing and location.is_slot:  # who clears all slots of an account at once writes each of them
            writers |= clearing.get(location.address, 0)
        for after, earlier in _each_after(writers, readers):
            yield after, _last(earlier), earlier
    if visitors.fees is not None:
        writers = visitors.writers.get(visitors.fees, 0)
        for after, paid in _each_after(visitors.payers, visitors.readers.get(visitors.fees, 0)):
            yield after, paid & _since(_last(_before(after, writers))), paid


def _writes_after_reads(visitors: Visitors) -> _Found:
    """Find who spoils a value for whom, if there is only one: for those who have read it since it was written."""
    for location, writers in visitors.writers.items():
        for after, earlier in _each_after(visitors.readers.get(location, 0), writers):
            yield after, earlier & _since(_last(_before(after, writers)) << 1), earlier


def _writes_after_writes(visitors: Visitors) -> _Found:
    for writers in visitors.writers.values():
        for after, earlier in _each_after(writers, writers):
            yield after, _last(earlier), earlier


_FINDERS = {
    Hazard.READ_AFTER_WRITE: _reads_after_writes,
    Hazard.WRITE_AFTER_READ: _writes_after_reads,
    Hazard.WRITE_AFTER_WRITE: _writes_after_writes,
}


def _each_after(first: Members, later: Members) -> Iterator[tuple[int, Members]]:
    """Yield each of `later` that comes after one of `first`, with those of `first` that come before it."""
    later &= -(first & -first) << 1  # whoever comes after the lowest of them
    while later:
        bit = later & -later
        yield bit.bit_length() - 1, first & (bit - 1)
        later ^= bit


def _before(tx_index: int, transactions: Members) -> Members:
    return transactions & ((1 << tx_index) - 1)


def _last(transactions: Members) -> Members:
    """Return the set of the highest only; of none, none."""
    return 1 << transactions.bit_length() >> 1


def _since(one: Members) -> Members:
    """Return the set of this transaction and all after it; without one, of all."""
    return -(one or 1)
