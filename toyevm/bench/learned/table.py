"""The table: for each two calls, of whichever functions of whichever contracts, whether they mostly met in the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toyevm.bench.learned.examples import Example, Pair
from toyevm.bench.learned.features import TxFeatures
from toyevm.bench.learned.model import Kind, count_meetings

HALF = 0.5


@dataclass(frozen=True)
class CallTable:
    """How often pairs of calls, each a (to, selector), were there, and how often they met."""

    met: Mapping[Kind, tuple[int, int]] = field(repr=False)
    name: str = "table"

    def pairs(self, block: Sequence[TxFeatures]) -> set[Pair]:
        """Return the pairs of calls that met more often than not; of calls that are new to it, it names none."""
        return {
            (before, after)
            for after, other in enumerate(block)
            for before, one in enumerate(block[:after])
            if self._meet(one, other)
        }

    def _meet(self, one: TxFeatures, other: TxFeatures) -> bool:
        there, met = self.met.get((one.call, other.call), (0, 0))
        return met > HALF * there


def train_table(examples: Iterable[Example]) -> CallTable:
    """Return the table of what these blocks show."""
    return CallTable(count_meetings(examples))
