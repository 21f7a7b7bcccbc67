"""Applications, each as a block of signed calls to a real contract: what they share decides what can run at once.

`APPLICATIONS` lists them by name. Each is a function of the number of transactions, the number of users and a seed, and
gives the same block, bit by bit, everywhere. Some come in two variants that differ in one global variable.

The ideal figures are those of the course's design: 200 transactions, 1,000 users, only reads of earlier writes to
storage counted, as many cores as one likes. They are upper bounds from a sketch, there to be compared with what the
contracts do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

from toyevm.errors import InputError
from toyevm.workloads.application_scenes import (
    buy_tokens,
    claim_payments,
    mint_tokens,
    mix_applications,
    reveal_votes,
    swap_tokens,
    transfer_land,
    transfer_tokens,
)
from toyevm.workloads.scenes import Scene, sign_scene
from toyevm.workloads.transfers import Workload


@dataclass(frozen=True)
class Ideal:
    """What the design's sketch gave: the share of pairs that conflict (None: not given), and the speedup.

    Where the contract is more than a fifth away from it, over the median of many seeds, `deviation` says why.
    """

    conflicting_pairs: float | None
    speedup: float
    deviation: str = ""
    source: str = "the design of this course, a sketch"


@dataclass(frozen=True)
class Application:
    """A way to fill a block; calling it does so."""

    name: str
    summary: str
    hot: str  # what its transactions are expected to meet at
    scene: Callable[..., Scene] = field(repr=False)
    shape: Mapping[str, Any] = field(default_factory=dict)
    ideal: Ideal | None = None

    def __call__(self, count: int = 200, *, users: int = 1_000, seed: int = 0, **shape: Any) -> Workload:
        """Return a block of `count` transactions; the last few blocks are kept.

        Args:
            users: how many people there are to draw from; more where everybody can call only once.
            shape: other values for what the scene's function describes.

        Raises:
            InputError: no transactions, or fewer than two users.
        """
        if count < 1 or users < 2:
            raise InputError(f"{count} transactions of {users} users", self.name, "at least 1, and 2")
        return _workload(self.name, count, users, seed, tuple(sorted((dict(self.shape) | shape).items())))


@lru_cache(maxsize=16)
def _workload(name: str, count: int, users: int, seed: int, shape: tuple[tuple[str, Any], ...]) -> Workload:
    return sign_scene(APPLICATIONS[name].scene(Random(seed), count, users, **dict(shape)))


_ALL = (
    Application(
        "erc20-uniform",
        "Users send each other tokens, all alike.",
        "nothing: a balance now and then",
        transfer_tokens,
        ideal=Ideal(0.005, 50.0),
    ),
    Application(
        "erc20-zipf",
        "Users send each other tokens; some are far busier than others (Zipf 1.0).",
        "the balance of the busiest user",
        transfer_tokens,
        {"skew": 1.0},
        Ideal(0.107, 3.7),
    ),
    Application(
        "erc20-bursts",
        "Users send each other tokens; every now and then ten in a row pay the same one.",
        "the balance of whoever is paid in a burst, for a while",
        transfer_tokens,
        {"burst": 10},
    ),
    Application(
        "erc20-mint",
        "Minters make tokens for users; the contract counts the supply.",
        "totalSupply",
        mint_tokens,
        {"contract": "erc20_mint"},
        Ideal(1.0, 1.0, source="the design of this course: one global counter"),
    ),
    Application(
        "erc20-sharded",
        "Minters make tokens for users; the contract counts the supply in 16 places.",
        "the fullest of 16 shards of the supply",
        mint_tokens,
        {"contract": "erc20_sharded"},
        Ideal(
            None,
            6.0,
            "200 mints in 16 shards leave about 20 in the fullest, a speedup of 10; 6 is what 8 shards would give",
            source="the design of this course: sharded by 16",
        ),
    ),
    Application(
        "amm-swap",
        "Users swap two tokens in one pool.",
        "reserve0 and reserve1, and the pool's balance of both tokens",
        swap_tokens,
        ideal=Ideal(1.0, 1.0),
    ),
    Application(
        "amm-arbitrage",
        "Five searchers race for the same bargain at the top of the block, four in vain; then users swap in 8 pools.",
        "the reserves of the pool with the bargain, then of each pool",
        swap_tokens,
        {"pools": 8, "searchers": 5},
    ),
    Application(
        "nft-counter",
        "Users buy unique tokens; the market counts its fees.",
        "fees",
        buy_tokens,
        {"contract": "nft_market_counter"},
        Ideal(1.0, 1.0),
    ),
    Application(
        "nft",
        "Users buy unique tokens; the market's fee is kept beside each seller's proceeds.",
        "nothing: a buyer, a seller or a creator now and then",
        buy_tokens,
        {"contract": "nft_market"},
        Ideal(0.003, 66.7, "the longest chain is of 4 sales in most blocks, of 3 in the sketch's: 50 against 66.7"),
    ),
    Application(
        "election-plain",
        "Voters open their sealed votes for two candidates.",
        "tally of either candidate",
        reveal_votes,
        {"contract": "election"},
        Ideal(0.504, 1.8),
    ),
    Application(
        "election-sharded",
        "Voters open their sealed votes for two candidates, each counted in 16 places.",
        "the fullest of 32 shards of the tally",
        reveal_votes,
        {"contract": "election_sharded"},
        Ideal(
            0.124,
            5.9,
            "two candidates with 16 shards each are 32 counters, so one pair in 32 conflicts; 8 counters would give "
            "the sketch's figures",
        ),
    ),
    Application(
        "land-counter",
        "Owners sell their parcels; the registry numbers the deeds.",
        "deeds",
        transfer_land,
        {"contract": "land_registry_counter"},
        Ideal(1.0, 1.0),
    ),
    Application(
        "land",
        "Owners sell their parcels; deeds have no number.",
        "nothing",
        transfer_land,
        {"contract": "land_registry"},
        Ideal(0.0, 200.0),
    ),
    Application(
        "payments",
        "Gateways cash in the vouchers of their sensors.",
        "earned of a gateway",
        claim_payments,
        ideal=Ideal(0.015, 50.0),
    ),
    Application(
        "mixed",
        "A little of everything: payments, tokens, swaps, sales, claims, mints.",
        "fees and totalSupply, the pools, the busiest users",
        mix_applications,
    ),
)
APPLICATIONS: dict[str, Application] = {one.name: one for one in _ALL}
