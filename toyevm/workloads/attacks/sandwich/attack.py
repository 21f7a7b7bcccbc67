"""A sandwich: the producer buys before a user and sells after them, at the price that the user made.

Both are swaps that anybody may send; only the order makes the gain. The defence is an argument of the market maker:
the least that the user wants. It was measured in many blocks of Ethereum; see Daian et al., Flash Boys 2.0 (2019).
"""

from __future__ import annotations

from toyevm.contracts import Contract, load_contract
from toyevm.units import ETHER
from toyevm.workloads.applications.amm.workload import quote
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock, tokens
from toyevm.workloads.attacks.markets import DAI, POOL, WETH, market, swap

RESERVE = 1_000_000 * ETHER  # of each token, in the pool
BAIT, STAKE = 100_000 * ETHER, 50_000 * ETHER  # of DAI: what the user sells, and the producer before them
TOLERANCE = 995  # thousandths of the price seen before, below which a careful user does not trade


def sandwich(defended: bool, amm: Contract | None = None) -> AttackScene:
    """Return the block that the producer makes of a user's swap; `amm`: another market maker.

    Without the defence the user takes whatever they get.
    """
    expected = quote(BAIT, RESERVE, RESERVE)
    bought = quote(STAKE, RESERVE, RESERVE)
    calls = (
        swap("producer", POOL, True, STAKE),
        swap("user", POOL, True, BAIT, least=expected * TOLERANCE // 1_000 if defended else 0),
        swap("producer", POOL, False, bought),
    )
    contracts = market(amm or load_contract("amm"), calls, {"pool": (POOL, RESERVE, RESERVE)})
    return AttackScene(
        (CallsOfBlock(calls),), contracts, {"DAI": tokens(DAI), "WETH": tokens(WETH)}, ("producer", "user")
    )


ATTACK = Attack(
    "sandwich",
    "The producer buys before a user's swap and sells after it, so that the user pays the difference.",
    "The user says the least that they want: then their swap reverts, and the producer has paid two fees.",
    sandwich,
    ("producer", "DAI"),
)
