"""Who touches a location: the transactions that read, or write, there, going by the last that is known of each."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Sequence

from toyevm.types import Location


class LocationIndex:
    """Of each transaction a set of locations, found by location."""

    def __init__(self) -> None:
        self._at: defaultdict[Location, list[int]] = defaultdict(list)  # ascending
        self._of: dict[int, frozenset[Location]] = {}

    def replace(self, tx_index: int, locations: Collection[Location]) -> None:
        """Note the locations of a transaction, in place of those before."""
        before, now = self._of.get(tx_index, frozenset()), frozenset(locations)
        self._of[tx_index] = now
        for location in before - now:
            self._at[location].remove(tx_index)
        for location in now - before:
            insort(self._at[location], tx_index)

    def at(self, location: Location) -> Sequence[int]:
        """Return the transactions at a location, in the order of the block."""
        return self._at.get(location, ())
