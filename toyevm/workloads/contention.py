"""Workloads with a dial for contention: one number from 0, as few conflicts as it can have, to 1, as many.

What the number sets is up to the workload, and its `meaning` says it. Where an application has a hot counter that every
call meets, the number is the share of the block that calls it; the rest are payments between people who occur once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import pow
from random import Random

from toyevm.units import ETHER
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.planned_blocks import (
    TRANSFER_GAS,
    PlannedBlock,
    PlannedCall,
    address_named,
    mix_blocks,
    sign_block,
)
from toyevm.workloads.transfers import mixed
from toyevm.workloads.workload import Workload

MOST_POOLS = 64
STEEPEST = 2.0  # Zipf's exponent at contention 1: the first of 1,000 users gets six in ten
USERS = 1_000

Build = Callable[[float, int, int], Workload]


@dataclass(frozen=True)
class Dial:
    """A workload whose contention can be set; calling it makes the block, the same everywhere.

    Args:
        meaning: what the contention is, in words.
        build: makes the block from contention, number of transactions and seed.
    """

    name: str
    meaning: str
    build: Build = field(repr=False)

    def __call__(self, contention: float, transactions: int = 100, seed: int = 0) -> Workload:
        return self.build(contention, transactions, seed)


def _shop(token: bool) -> Build:
    return lambda contention, count, seed: mixed(count, to_shop=round(count * contention), seed=seed, token=token)


def _skewed(name: str) -> Build:
    return lambda contention, count, seed: APPLICATIONS[name](count, seed=seed, skew=STEEPEST * contention)


def _swaps(contention: float, count: int, seed: int) -> Workload:
    return APPLICATIONS["amm-swap"](count, seed=seed, pools=_fewer(MOST_POOLS, contention))


def _claims(contention: float, count: int, seed: int) -> Workload:
    return APPLICATIONS["payments"](count, users=max(2, count), seed=seed, gateways=_fewer(count, contention))


def _fewer(most: int, contention: float) -> int:
    """Return how many places there are to meet: `most`, then geometrically fewer, and one at contention 1."""
    return round(pow(most, 1 - contention))


def _diluted(name: str) -> Build:
    def build(contention: float, count: int, seed: int) -> Workload:
        application, random = APPLICATIONS[name], Random(seed)
        calls = round(count * contention)
        plans = [application.draw(random, calls, USERS)] if calls else []
        return sign_block(mix_blocks(random, [*plans, _strangers(count - calls)]))

    return build


def _strangers(count: int) -> PlannedBlock:
    calls = tuple(
        PlannedCall(f"payer {i}", address_named(f"payee {i}"), value=ETHER, gas_limit=TRANSFER_GAS)
        for i in range(count)
    )
    return PlannedBlock(calls, people=tuple(f"payee {i}" for i in range(count)))


SHARE = "share of the transactions that "
_ALL = (
    Dial("ether", SHARE + "pay the same shop, in ether; the others are between strangers", _shop(token=False)),
    Dial("token", SHARE + "pay the same shop, in an ERC-20 token; the others are between strangers", _shop(token=True)),
    Dial("erc20", "half of Zipf's exponent for who pays whom a token: 0.5 is Zipf 1.0", _skewed("erc20-uniform")),
    Dial("nft", "half of Zipf's exponent for whose works are bought: 0.5 is Zipf 1.0", _skewed("nft")),
    Dial("amm", f"swaps in {MOST_POOLS} ** (1 - contention) pools: {MOST_POOLS} at 0, 8 at 0.5, 1 at 1", _swaps),
    Dial("payments", "vouchers of n ** (1 - contention) gateways, for n transactions: n at 0, 1 at 1", _claims),
    Dial("erc20-mint", SHARE + "mint a token, which counts its supply", _diluted("erc20-mint")),
    Dial("nft-counter", SHARE + "buy at a market that counts its fees", _diluted("nft-counter")),
    Dial("land-counter", SHARE + "sell land, whose deeds are numbered", _diluted("land-counter")),
    Dial("election", SHARE + "open a vote for one of two candidates", _diluted("election-plain")),
)
DIALS: dict[str, Dial] = {dial.name: dial for dial in _ALL}
