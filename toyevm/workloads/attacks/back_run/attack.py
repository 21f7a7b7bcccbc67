"""A back-run: a large swap leaves one pool dearer than another, and the producer levels them right behind it.

The user gets what they would get without it, so no least amount stops it; what the producer gains is the difference
that the user's trade made between two prices. The defence is a better trade: split over both pools, as routers do, it
leaves no difference, and the user gets more.
"""

from __future__ import annotations

from toyevm.contracts import Contract, load_contract
from toyevm.units import ETHER
from toyevm.workloads.applications.amm.workload import quote
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock, tokens
from toyevm.workloads.attacks.markets import DAI, OTHER_POOL, POOL, WETH, market, swap

RESERVE = 1_000_000 * ETHER  # of each token, in each pool
SOLD, STAKE = 100_000 * ETHER, 45_000 * ETHER  # of DAI: what the user sells, and what the producer buys WETH for


def back_run(defended: bool, amm: Contract | None = None) -> AttackScene:
    """Return a block with a large swap, and what the producer puts behind it; `amm`: another market maker."""
    parts = ((POOL, SOLD // 2), (OTHER_POOL, SOLD // 2)) if defended else ((POOL, SOLD),)
    orders = tuple(swap("user", pool, True, amount) for pool, amount in parts)
    given = dict(parts).get(OTHER_POOL, 0)
    bought = quote(STAKE, RESERVE + given, RESERVE - quote(given, RESERVE, RESERVE))
    calls = (*orders, swap("producer", OTHER_POOL, True, STAKE), swap("producer", POOL, False, bought))
    pools = {"pool": (POOL, RESERVE, RESERVE), "other pool": (OTHER_POOL, RESERVE, RESERVE)}
    contracts = market(amm or load_contract("amm"), calls, pools)
    return AttackScene(
        (CallsOfBlock(calls),), contracts, {"DAI": tokens(DAI), "WETH": tokens(WETH)}, ("producer", "user")
    )


ATTACK = Attack(
    "back_run",
    "A large swap makes WETH dear in one pool; the producer, right behind it, buys in another pool and sells there.",
    "The user splits the swap over both pools: their prices stay equal, and the same trades lose two fees.",
    back_run,
    ("producer", "DAI"),
)
