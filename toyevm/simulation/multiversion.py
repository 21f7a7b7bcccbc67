"""Multi-version memory: a value that was overwritten is still there for those who come before the writer.

Each location holds an entry for each transaction that has written it. A read by transaction j gets the one of the
highest transaction below j, no matter who has run already: a later transaction's value is invisible, an earlier one's
that comes late will be the right one for the next attempt. So writes need not wait for reads or other writes.

An entry may also be an *increment*, which says what it adds and not what the sum is: who only adds has read nothing.
An entry whose attempt was thrown away may stay as an *estimate*: the next attempt will probably write there again. Who
reads it is told whom to wait for (`Blocked`).

Source: Bernstein and Goodman 1983, "Multiversion concurrency control"; for blocks, and with estimates, Block-STM
(arXiv 2203.06871, algorithm 2).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeAlias

from toyevm.state import StateView
from toyevm.types import Field, Location, Read, Value, Version


class Blocked(Exception):
    """A read has met an estimate: nobody knows the value before transaction `tx_index` has run again."""

    def __init__(self, tx_index: int) -> None:
        super().__init__(tx_index)
        self.tx_index = tx_index


class Increment(NamedTuple):
    """An entry that adds to whatever is below: whoever reads it gets the sum, in the version of the highest part."""

    version: Version
    value: int


Entry: TypeAlias = Read | Increment


def as_number(value: Value) -> int:
    """Return the value of a balance."""
    assert isinstance(value, int)
    return value


class MultiVersionMemory:
    """What transactions have written that are not final yet, over what is final."""

    def __init__(self, base: StateView) -> None:
        self.base = base
        self._writers: defaultdict[Location, list[int]] = defaultdict(list)  # ascending
        self._entries: dict[tuple[Location, int], Entry | None] = {}  # by writer; None is an estimate
        self._written: defaultdict[int, dict[Location, None]] = defaultdict(dict)  # by writer, in order

    # One entry at a time

    def put(self, tx_index: int, location: Location, entry: Entry | None) -> None:
        """Let higher transactions see an entry, or an estimate (None), in place of what the transaction had there."""
        if (location, tx_index) not in self._entries:
            insort(self._writers[location], tx_index)
            self._written[tx_index][location] = None
        self._entries[location, tx_index] = entry

    def suspect(self, tx_index: int, location: Location) -> None:
        """Make an entry an estimate: its value is wrong, or not there yet, and another will probably come."""
        self.put(tx_index, location, None)

    def remove(self, tx_index: int, location: Location) -> None:
        """Forget an entry: the transaction does not write there any more."""
        del self._entries[location, tx_index]
        self._writers[location].remove(tx_index)
        del self._written[tx_index][location]

    def written_by(self, tx_index: int) -> Collection[Location]:
        """Return where a transaction has entries, estimates included."""
        return tuple(self._written[tx_index])

    def entries_at(self, location: Location) -> dict[int, Entry | None]:
        """Return what each writer has left at a location, from the lowest; None is an estimate."""
        return {writer: self._entries[location, writer] for writer in self._writers.get(location, ())}

    # All of a transaction's entries at once

    def publish(self, version: Version, writes: Mapping[Location, Value]) -> None:
        """Let higher transactions see these writes, in place of those of the transaction's last attempt."""
        for location in self.written_by(version.tx_index):
            if location not in writes:
                self.remove(version.tx_index, location)
        for location, value in writes.items():
            self.put(version.tx_index, location, Read(version, value))

    def withdraw(self, tx_index: int) -> None:
        """Forget what a transaction wrote: it was wrong, or it is final and has gone into the base."""
        for location in self.written_by(tx_index):
            self.remove(tx_index, location)

    def read(self, location: Location, tx_index: int) -> Read:
        """Return what transaction `tx_index` sees at a location.

        Slots go with their account: whoever clears its STORAGE has written them all.

        Raises:
            Blocked: the last to write there below it is about to run again.
        """
        writer = self._last_writer(location, tx_index)
        if location.is_slot:
            clearing = Location(location.address, Field.STORAGE)
            clearer = self._last_writer(clearing, tx_index)
            if clearer > writer:
                return Read(self._entry(clearing, clearer).version, 0)
        if writer < 0:
            return self.base.read(location)
        entry = self._entry(location, writer)
        return entry if isinstance(entry, Read) else self._sum(location, entry, writer)

    def next_writer(self, location: Location, tx_index: int) -> int | None:
        """Return the lowest transaction above that hides an entry from those above it; who only adds hides nothing."""
        writers = self._writers.get(location, ())
        above = writers[bisect_right(writers, tx_index) :]
        return next((each for each in above if not isinstance(self._entries[location, each], Increment)), None)

    def _sum(self, location: Location, highest: Increment, writer: int) -> Read:
        """Add up increments, down to a value."""
        total = 0
        below: Entry = highest
        while isinstance(below, Increment):
            total += below.value
            writer = self._last_writer(location, writer)
            below = self._entry(location, writer) if writer >= 0 else self.base.read(location)
        return Read(highest.version, as_number(below.value) + total)

    def _entry(self, location: Location, writer: int) -> Entry:
        entry = self._entries[location, writer]
        if entry is None:
            raise Blocked(writer)
        return entry

    def _last_writer(self, location: Location, tx_index: int) -> int:
        """Return the highest transaction below that has an entry, -1 if none has."""
        writers = self._writers.get(location, ())
        place = bisect_left(writers, tx_index)
        return writers[place - 1] if place else -1
