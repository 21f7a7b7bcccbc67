"""A simulated fee market: offers wait in the mempool, a producer takes the best tips, and the base fee follows demand.

A transaction names the most it pays for a unit of gas, and how much of that may be a *tip* for the block's producer.
Each block has a *base fee*, the same for all, which is burned. Offers that cannot pay it wait; of the others, the
producer takes the best tips first, until the block is full. When a block was more than half full the next base fee is
higher, else lower (EIP-1559): the price moves until as many can pay as there is room for.

Time here counts blocks, and demand comes from a seeded generator: a simulation, not a measurement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from random import Random

from toyevm.blocks import Header
from toyevm.chain import ELASTICITY, next_base_fee
from toyevm.types import Address
from toyevm.units import GWEI

KINDS = ((21_000, 5), (45_000, 4), (120_000, 1))  # gas of a payment, a token transfer, a swap; how often in ten


@dataclass(frozen=True, slots=True)
class Offer:
    """A transaction as a producer sees it: who, in which turn, how much gas at most, and for how much (wei per gas)."""

    sender: Address
    nonce: int
    gas: int
    max_fee: int
    max_tip: int
    arrived: int = 0

    def tip(self, base_fee: int) -> int:
        """Return what the producer gets for a unit of gas; negative when not even the base fee is covered.

        >>> [Offer(b"", 0, 21_000, max_fee=30, max_tip=4).tip(base_fee) for base_fee in (10, 28, 31)]
        [4, 2, -1]
        """
        return min(self.max_tip, self.max_fee - base_fee)


def build_block(waiting: Iterable[Offer], base_fee: int, gas_limit: int) -> list[Offer]:
    """Return what a greedy producer takes, in block order: best tip first, first come first served among equals.

    The transactions of one sender keep their order, whatever they pay, and one that has to wait holds up those behind
    it: their nonces must follow each other.
    """
    queues: dict[Address, list[Offer]] = {}
    for offer in sorted(waiting, key=lambda offer: offer.nonce, reverse=True):
        queues.setdefault(offer.sender, []).append(offer)
    fronts = [(*_rank(queue[-1], base_fee), sender) for sender, queue in queues.items()]  # the best is always on top
    heapify(fronts)
    chosen: list[Offer] = []
    room = gas_limit
    while fronts:
        *_, sender = heappop(fronts)
        queue = queues[sender]
        if queue[-1].tip(base_fee) < 0 or queue[-1].gas > room:
            continue
        room -= queue[-1].gas
        chosen.append(queue.pop())
        if queue:
            heappush(fronts, (*_rank(queue[-1], base_fee), sender))
    return chosen


def _rank(offer: Offer, base_fee: int) -> tuple[int, int]:
    return -offer.tip(base_fee), offer.arrived


@dataclass(frozen=True, slots=True)
class MarketBlock:
    """One block of a simulated market, and what is left when it is built.

    Args:
        arrived: offers that came since the block before.
        included: how many the block took, and `gas_used` of what `gas_limit`.
        waiting: how many stay; `priced_out` of them cannot pay this base fee.
        lowest_tip: of those included (wei per gas), None in an empty block.
        offers: those included, in block order.
    """

    number: int
    base_fee: int
    arrived: int
    included: int
    gas_used: int
    gas_limit: int
    waiting: int
    priced_out: int
    lowest_tip: int | None
    offers: tuple[Offer, ...] = field(default=(), repr=False)


def arrivals(random: Random, gas: int, number: int = 0) -> list[Offer]:
    """Return offers, each of its own sender, that want about `gas` units of gas together.

    What people would pay spreads widely: from 5 gwei up, half of them below 30, one in ten above 80.
    """
    offers: list[Offer] = []
    weights = [often for _, often in KINDS]
    while gas > 0:
        (kind,) = random.choices([amount for amount, _ in KINDS], weights)
        worth = 5 + random.randrange(1, 101) ** 2 // 100
        sender = random.randrange(2**160).to_bytes(20, "big")
        offers.append(Offer(sender, 0, kind, worth * GWEI, random.randrange(1, 5) * GWEI, number))
        gas -= kind
    return offers


def run_market(
    loads: Sequence[float],
    *,
    seed: int = 0,
    gas_limit: int = 6_000_000,
    base_fee: int = 10 * GWEI,
    extra: Sequence[Offer] = (),
) -> list[MarketBlock]:
    """Return a simulated market, a block for each load: how many times the gas target arrives before that block.

    `extra` offers come on top, before the block that their `arrived` names.

    >>> [block.base_fee // GWEI for block in run_market([3, 3, 3])]
    [10, 11, 12]
    """
    random, blocks = Random(seed), []
    waiting: list[Offer] = []
    for number, load in enumerate(loads):
        fresh = arrivals(random, round(load * gas_limit / ELASTICITY), number)
        fresh += [offer for offer in extra if offer.arrived == number]
        waiting += fresh
        chosen = build_block(waiting, base_fee, gas_limit)
        taken = set(map(id, chosen))
        waiting = [offer for offer in waiting if id(offer) not in taken]
        gas_used = sum(offer.gas for offer in chosen)
        blocks.append(
            MarketBlock(
                number,
                base_fee,
                arrived=len(fresh),
                included=len(chosen),
                gas_used=gas_used,
                gas_limit=gas_limit,
                waiting=len(waiting),
                priced_out=sum(offer.tip(base_fee) < 0 for offer in waiting),
                lowest_tip=min((offer.tip(base_fee) for offer in chosen), default=None),
                offers=tuple(chosen),
            )
        )
        base_fee = next_base_fee(Header(gas_limit=gas_limit, gas_used=gas_used, base_fee_per_gas=base_fee))
    return blocks
