"""Multi-version memory: a value that was overwritten is still there for those who come before the writer.

Each location holds a value for each transaction that has written it. A read by transaction j gets the one of the
highest transaction below j, no matter who has run already: a later transaction's value is invisible, an earlier one's
that comes late will be the right one for the next attempt. So writes need not wait for reads or other writes. Reads do
not wait here either: who comes too early gets an old version, and validation finds out.

Source: Bernstein and Goodman 1983, "Multiversion concurrency control"; for blocks, Block-STM (arXiv 2203.06871).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping

from toyevm.state import StateView
from toyevm.types import Field, Location, Read, Value, Version


class MultiVersionMemory:
    """What transactions have written that are not final yet, over what is final."""

    def __init__(self, base: StateView) -> None:
        self._base = base
        self._writers: defaultdict[Location, list[int]] = defaultdict(list)  # ascending
        self._written: dict[int, dict[Location, Read]] = {}

    def publish(self, version: Version, writes: Mapping[Location, Value]) -> None:
        """Let higher transactions see these writes, in place of those of the transaction's last attempt."""
        self.withdraw(version.tx_index)
        self._written[version.tx_index] = {location: Read(version, value) for location, value in writes.items()}
        for location in writes:
            insort(self._writers[location], version.tx_index)

    def withdraw(self, tx_index: int) -> None:
        """Forget what a transaction wrote: it was wrong, or it is final and has gone into the base."""
        for location in self._written.pop(tx_index, ()):
            self._writers[location].remove(tx_index)

    def read(self, location: Location, tx_index: int) -> Read:
        """Return what transaction `tx_index` sees at a location."""
        own = self._last_write(location, tx_index)
        if location.is_slot:
            cleared = self._last_write(Location(location.address, Field.STORAGE), tx_index)
            if cleared is not None and (own is None or own.version < cleared.version):
                return Read(cleared.version, 0)
        return own or self._base.read(location)

    def _last_write(self, location: Location, tx_index: int) -> Read | None:
        writers = self._writers.get(location, [])
        place = bisect_left(writers, tx_index)
        return self._written[writers[place - 1]][location] if place else None
