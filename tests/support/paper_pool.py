"""The market maker once more, on paper: a pair of Uniswap v2, from its rule and not from the contract's formula."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

LOCKED = 1_000  # shares that are nobody's


@dataclass
class PaperPool:
    """Two reserves and the number of shares in them; `fee` is in thousandths of what is given."""

    reserves: tuple[int, int]
    shares: int = 0
    fee: int = 3

    def __post_init__(self) -> None:
        self.shares = self.shares or isqrt(self.reserves[0] * self.reserves[1])

    def quote(self, side: int, amount: int) -> int:
        """Return the most that leaves the product as it was, of what is given less the fee."""
        given, other = self.reserves[side], self.reserves[1 - side]
        grown = given * 1_000 + amount * (1_000 - self.fee)
        return other - -(-given * other * 1_000 // grown)  # what must stay is rounded up

    def sell(self, side: int, amount: int) -> int:
        taken = self.quote(side, amount)
        given, other = self.reserves[side] + amount, self.reserves[1 - side] - taken
        self.reserves = (other, given) if side else (given, other)
        return taken

    def add(self, amount0: int, amount1: int) -> int:
        gives = [
            amount * self.shares // reserve for amount, reserve in zip((amount0, amount1), self.reserves, strict=True)
        ]
        self.reserves = self.reserves[0] + amount0, self.reserves[1] + amount1
        self.shares += min(gives)
        return min(gives)

    def remove(self, shares: int) -> tuple[int, int]:
        gets = self.reserves[0] * shares // self.shares, self.reserves[1] * shares // self.shares
        self.reserves = self.reserves[0] - gets[0], self.reserves[1] - gets[1]
        self.shares -= shares
        return gets
