"""A pool of two tokens without a fee, for sums that can be done by hand; and blocks that a producer puts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from toyevm.errors import InputError

RESERVE = 60  # of each token, at first
BAIT = 30  # DAI: what Uma sells
STAKE = 30  # DAI: what the producer has
SMALL = 1e-9  # less than this is nothing: rounding

Order = str | tuple[str, float]


@dataclass
class Pool:
    """An automated market maker: the product of both reserves stays as it is.

    >>> pool = Pool()
    >>> pool.sell_dai(30), pool.sell_weth(20)
    (20.0, 30.0)
    """

    dai: float = RESERVE
    weth: float = RESERVE

    @property
    def price(self) -> float:
        """DAI for a very small amount of WETH."""
        return self.dai / self.weth

    def sell_dai(self, amount: float) -> float:
        """Take so much DAI; return how much WETH it gets."""
        product, before = self.dai * self.weth, self.weth
        self.dai += amount
        self.weth = product / self.dai
        return before - self.weth

    def sell_weth(self, amount: float) -> float:
        """Take so much WETH; return how much DAI it gets."""
        product, before = self.dai * self.weth, self.dai
        self.weth += amount
        self.dai = product / self.weth
        return before - self.dai


@dataclass
class PlayedBlock:
    """What became of a block: what Uma got (None: her swap reverted), what the producer has, and each step in words."""

    uma: float | None = None
    dai: float = STAKE
    weth: float = 0.0
    steps: list[str] = field(default_factory=list)

    @property
    def gain(self) -> float:
        """The producer's DAI beyond what they began with."""
        return self.dai - STAKE


def play_block(orders: Sequence[Order], least: float = 0.0, honest: float = 0.0) -> PlayedBlock:
    """Play a block: "Uma" is her swap of 30 DAI, ("buy", 5) the producer's of 5 DAI, ("sell", 5) of 5 WETH.

    Args:
        least: Uma's swap reverts if it would get less.
        honest: DAI that Tina sells before all others.

    Raises:
        InputError: the producer sells what they do not have.
    """
    pool, played = Pool(), PlayedBlock()
    if honest:
        played.steps.append(f"Tina  sells {honest:g} DAI for {pool.sell_dai(honest):.1f} WETH")
    for order in orders:
        if order == "Uma":
            _uma(pool, played, least)
        else:
            _producer(pool, played, str(order[0]), float(order[1]))
    return played


def _uma(pool: Pool, played: PlayedBlock, least: float) -> None:
    quoted = Pool(pool.dai, pool.weth).sell_dai(BAIT)
    if quoted < least - SMALL:
        played.steps.append(f"Uma   would get {quoted:.1f} WETH, wants {least:g}: reverts")
        return
    played.uma = pool.sell_dai(BAIT)
    played.steps.append(f"Uma   sells {BAIT} DAI for {played.uma:.1f} WETH")


def _producer(pool: Pool, played: PlayedBlock, side: str, amount: float) -> None:
    has, token = (played.dai, "DAI") if side == "buy" else (played.weth, "WETH")
    if amount > has + SMALL:
        expected = f"at most {has:.4g}: what you have at this point of the block"
        raise InputError(f"{side} {'for ' * (side == 'buy')}{amount:g} {token}", expected=expected)
    if side == "buy":
        got = pool.sell_dai(amount)
        played.dai, played.weth = played.dai - amount, played.weth + got
        played.steps.append(f"you   sell {amount:g} DAI for {got:.1f} WETH")
    else:
        got = pool.sell_weth(amount)
        played.dai, played.weth = played.dai + got, max(0.0, played.weth - amount)
        played.steps.append(f"you   sell {amount:g} WETH for {got:.1f} DAI")


def sandwich(stake: float, least: float = 0.0) -> PlayedBlock:
    """Play the sandwich that puts so much DAI before Uma, and sells all of it after her."""
    bought = Pool().sell_dai(stake)
    return play_block([("buy", stake), "Uma", ("sell", bought)], least)


def largest_sandwich(least: float) -> PlayedBlock:
    """Return the sandwich with the largest stake, in hundredths of DAI up to 30, that Uma's least amount allows."""
    for hundredths in range(100 * STAKE, 0, -1):
        played = sandwich(hundredths / 100, least)
        if played.uma is not None:
            return played
    return play_block(["Uma"], least)
