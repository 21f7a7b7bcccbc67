"""A batch of eight transactions: what the proposer posts after each, and what a weak and a good rollup make of it.

State k holds the balances after k transactions, and the log of transaction k - 1. A *weak* rollup commits to each
state alone, and lets people dispute the last one. A good one chains the commitments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toyevm.crypto import keccak256
from toyevm.teaching.kit.named_tree import pair
from toyevm.types import Hash32

COUNT, ESCROW = 8, 100  # transactions; ether


def output(at: int, burnt: int = 0) -> Hash32:
    """Return the hash of a state; in a false one, a log says that Mallory has burnt so many ether."""
    return keccak256(b"state %d" % at + (b", Mallory burns %d" % burnt if burnt else b""))


def chain_of(states: list[Hash32]) -> list[Hash32]:
    """Return commitments of which each covers the one before."""
    made = [states[0]]
    for state in states[1:]:
        made.append(pair(made[-1], state))
    return made


@dataclass(frozen=True)
class Batch:
    """A batch as Mallory posts it: in which states a log says that she burns, and how many ether."""

    lies: Mapping[int, int]
    chained: bool = False

    @property
    def claimed(self) -> list[Hash32]:
        return self._commitments([output(at, self.lies.get(at, 0)) for at in range(COUNT + 1)])

    @property
    def true(self) -> list[Hash32]:
        return self._commitments([output(at) for at in range(COUNT + 1)])

    def _commitments(self, states: list[Hash32]) -> list[Hash32]:
        return chain_of(states) if self.chained else states

    @property
    def is_disputed(self) -> bool:
        return self.claimed[-1] != self.true[-1]

    @property
    def convicted_at(self) -> int:
        """The transaction to which an honest challenger's bisection leads."""
        low, high = 0, COUNT
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.claimed[middle] == self.true[middle] else (low, middle)
        return low

    @property
    def paid(self) -> int:
        """The ether that the bridge pays to Mallory when the batch stands: burns of states 1 to 8 that it can pay."""
        left = ESCROW
        for at, ether in sorted(self.lies.items()):
            left -= ether if at and ether <= left and not self.is_disputed else 0
        return ESCROW - left

    @property
    def burnt(self) -> int:
        """The ether that the logs of states 1 to 8 say she has burnt."""
        return sum(ether for at, ether in self.lies.items() if at)

    @property
    def lines(self) -> list[str]:
        """What becomes of it, line by line."""
        marks = " ".join("=" if mine == true else "≠" for mine, true in zip(self.claimed, self.true, strict=True))
        kind = "chained" if self.chained else "weak"
        lines = [f"{kind:<8} O[0] to O[8], yours and the true ones: {marks}"]
        if self.is_disputed:
            return [*lines, f"{'':<8} O[8] differs: dispute, bisected to transaction {self.convicted_at}"]
        lines.append(f"{'':<8} O[8] is the same: no dispute. The bridge pays Mallory {self.paid} ether")
        if 0 in self.lies:
            lines.append(f"{'':<8} It does not pay the burn in state 0, which is not in this batch")
        if self.burnt > ESCROW:
            lines.append(f"{'':<8} Your burns are {self.burnt:,} ether in all, and the escrow has {ESCROW}")
        return lines
