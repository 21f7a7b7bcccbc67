"""Lending on paper: fractions, cut where the contract cuts, and everybody's side of it by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

ONE = 10**18
DAY = 86_400
HELD_BY = ("tokensOf", "etherOf", "sharesOf", "collateralOf", "scaledDebtOf")


class Refused(Exception):
    """What the paper does not allow."""


def need(condition: bool) -> None:
    if not condition:
        raise Refused


@dataclass
class Books:
    """The books of a market, on paper."""

    cash: int = 0
    scaledBorrows: int = 0
    index: int = 0
    accruedAt: int = 0
    reserves: int = 0
    totalShares: int = 0

    @property
    def growth(self) -> Fraction:
        return Fraction(self.index, ONE)

    @property
    def borrows(self) -> int:
        return floor(self.scaledBorrows * self.growth)

    @property
    def share_price(self) -> Fraction:
        return Fraction(self.cash + self.borrows - self.reserves + 1, self.totalShares + 1)

    def yearly_rate(self) -> Fraction:
        """2 % at no utilisation, 10 % at four fifths, 100 % at all; straight lines between, cut after 18 digits."""
        if not self.borrows:
            return Fraction(0)
        used = Fraction(floor(ONE * Fraction(self.borrows, self.cash + self.borrows)), ONE)
        if used <= Fraction(4, 5):
            return Fraction(2, 100) + used / 10
        return Fraction(10, 100) + (used - Fraction(4, 5)) * Fraction(90, 20)

    def accrue(self, now: int) -> None:
        rate = floor(self.yearly_rate() * ONE)
        before, passed, self.accruedAt = self.borrows, now - self.accruedAt, now
        self.index = self.index or ONE
        self.index += floor(self.growth * floor(Fraction(rate * passed, 365 * DAY)))
        self.reserves += floor(Fraction(self.borrows - before, 10))


@dataclass
class Paper:
    """What everybody has, and what they may do; amounts of everybody are counted by person."""

    markets: dict[int, Books] = field(default_factory=lambda: {0: Books(index=ONE)})
    market_of: Counter[int] = field(default_factory=Counter)
    people: dict[str, Counter[int]] = field(default_factory=lambda: {name: Counter() for name in HELD_BY})
    price: Fraction = Fraction(1)  # tokens for a wei
    now: int = 0
    paid: tuple[int, int, int] = (0, 0, 0)  # by the last liquidation

    def books(self, who: int) -> Books:
        return self.markets.setdefault(self.market_of[who], Books())

    def move(self, name: str, who: int, amount: int) -> None:
        self.people[name][who] += amount
        need(self.people[name][who] >= 0)

    def debt(self, who: int) -> int:
        return ceil(self.people["scaledDebtOf"][who] * self.books(who).growth)

    def worth(self, who: int) -> int:
        return floor(self.people["collateralOf"][who] * self.price)

    def do(self, function: str, who: int, *arguments: int) -> None:
        if function not in ("pledge", "withdraw", "choose"):
            self.books(arguments[0] if function == "liquidate" else who).accrue(self.now)
        getattr(self, function)(who, *arguments)

    def withdraw(self, who: int, tokens: int, ether: int) -> None:
        self.move("tokensOf", who, -tokens)
        self.move("etherOf", who, -ether)

    def choose(self, who: int, market: int) -> None:
        need(not any(self.people[name][who] for name in ("sharesOf", "collateralOf", "scaledDebtOf")))
        self.market_of[who] = market

    def supply(self, who: int, tokens: int) -> None:
        books = self.books(who)
        shares = floor(tokens / books.share_price)
        need(shares > 0)
        self.move("tokensOf", who, -tokens)
        self.move("sharesOf", who, shares)
        books.cash += tokens
        books.totalShares += shares

    def redeem(self, who: int, shares: int) -> None:
        books = self.books(who)
        tokens = floor(shares * books.share_price)
        need(tokens <= books.cash)
        self.move("sharesOf", who, -shares)
        self.move("tokensOf", who, tokens)
        books.cash -= tokens
        books.totalShares -= shares

    def pledge(self, who: int, amount: int) -> None:
        self.move("etherOf", who, -amount)
        self.move("collateralOf", who, amount)

    def release(self, who: int, amount: int) -> None:
        self.pledge(who, -amount)
        need(self.debt(who) <= self.worth(who) * Fraction(3, 4))

    def borrow(self, who: int, tokens: int) -> None:
        books = self.books(who)
        need(tokens <= books.cash)
        self.move("scaledDebtOf", who, scaled := ceil(tokens / books.growth))
        self.move("tokensOf", who, tokens)
        books.cash -= tokens
        books.scaledBorrows += scaled
        need(self.debt(who) <= self.worth(who) * Fraction(3, 4))

    def repay(self, who: int, tokens: int) -> None:
        self.pay(who, who, min(tokens, self.debt(who)))

    def pay(self, payer: int, who: int, tokens: int) -> None:
        books = self.books(who)
        scaled = min(self.people["scaledDebtOf"][who], floor(tokens / books.growth))
        self.move("tokensOf", payer, -tokens)
        self.move("scaledDebtOf", who, -scaled)
        books.cash += tokens
        books.scaledBorrows -= scaled

    def liquidate(self, who: int, whom: int, tokens: int) -> None:
        debt, limit = self.debt(whom), self.worth(whom) * Fraction(4, 5)
        need(debt > limit)
        need(tokens <= (debt if limit < debt * Fraction(95, 100) else debt // 2))
        seized = min(self.people["collateralOf"][whom], floor(tokens * Fraction(105, 100) / self.price))
        self.pay(who, whom, tokens)
        self.move("collateralOf", whom, -seized)
        self.move("etherOf", who, seized)
        self.paid = tokens, seized, 0
        if not self.people["collateralOf"][whom]:
            self.paid = tokens, seized, self.write_off(whom)

    def write_off(self, who: int) -> int:
        books, before = self.books(who), self.books(who).borrows
        books.scaledBorrows -= self.people["scaledDebtOf"].pop(who, 0)
        lost = before - books.borrows
        books.reserves = max(0, books.reserves - lost)
        return lost
