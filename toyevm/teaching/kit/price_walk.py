"""The price of blob gas over 200 slots, by the rules of four forks: so many blobs are wanted, and then so many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from toyevm.forks import BPO1, BPO2, CANCUN, PRAGUE, Fork
from toyevm.rollups.costs import SlotPrice, blob_schedule, excess_for, walk_price
from toyevm.units import GWEI

RULES = {fork.name: fork for fork in (CANCUN, PRAGUE, BPO1, BPO2)}
HALF = 100  # slots: 20 minutes


@dataclass(frozen=True)
class BlobDemand:
    """What layers want, whatever it costs; a block carries as many blobs of it as it may.

    Attributes:
        first: blobs wanted in each of the first 100 slots.
        then: in each of the other 100.
        base_fee: of gas, in wei, the same all the time: from Osaka on it holds the price of blobs up.
        start: the price of blob gas in slot 0, in wei.
    """

    first: int = 21
    then: int = 3
    base_fee: int = GWEI
    start: int = GWEI

    @cached_property
    def walks(self) -> dict[str, tuple[SlotPrice, ...]]:
        """The price in each slot, and in the one after the last, by the rules of each fork."""
        return {name: self._walk(fork) for name, fork in RULES.items()}

    def _walk(self, fork: Fork) -> tuple[SlotPrice, ...]:
        most = blob_schedule(fork).maximum
        counts = [min(wanted, most) for wanted in (self.first, self.then) for _ in range(HALF)]
        return walk_price(fork, [*counts, 0], excess=excess_for(fork, self.start), base_fee=self.base_fee)
