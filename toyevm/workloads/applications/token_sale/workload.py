"""A token sale: people buy out of what they deposited before, and, after the sale, release what has vested.

`token_sale` counts what is raised in one variable; `token_sale_sharded` counts the room below the cap in sixteen.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import Contract, load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    entries,
    pick,
    user,
    variables,
    word_named,
)

SALE: Address = b"\xd1" * 20
SHARDS = 16
RAISED = 50_000 * ETHER  # before the block
DURATION = 1_000  # seconds in which everything vests; the block's clock shows 12


def buy_tokens(random: Random, count: int, users: int, *, contract: str, skew: float = 0.0) -> PlannedBlock:
    """Return purchases in a sale that is still far from its cap; `skew` is Zipf's exponent for who buys."""
    sale = load_contract(contract)
    buyers = [pick(random, users, skew) for _ in range(count)]
    calls = [
        PlannedCall(user(buyer), SALE, sale.call_data("buy", random.randint(1, 99) * ETHER // 100)) for buyer in buyers
    ]
    return _block(sale, calls, end=100, room=2 * count * ETHER, deposit=count * ETHER)


def release_tokens(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return releases of vested tokens, twelve seconds after the sale: one by each of `count` buyers."""
    sale = load_contract(contract)
    buyers = random.sample(range(max(users, count)), count)
    calls = [PlannedCall(user(buyer), SALE, sale.call_data("release")) for buyer in buyers]
    return _block(sale, calls, end=0, room=0, deposit=0)


def _block(sale: Contract, calls: list[PlannedCall], *, end: int, room: int, deposit: int) -> PlannedBlock:
    """Return the block of these calls: every sender has paid an ether before, and has a deposit."""
    buyers = [address_named(name) for name in dict.fromkeys(call.sender for call in calls)]
    terms = {"treasury": word_named("treasury"), "cap": RAISED + room, "capOfEach": RAISED, "least": RAISED // 2}
    storage = variables(sale, terms | {"end": end, "cliff": 0, "duration": DURATION})
    if "raised" in sale.slots:
        storage[sale.slots["raised"]] = RAISED
    else:
        storage |= {sale.slots["roomShards"] + shard: room // SHARDS for shard in range(SHARDS)}
    storage |= entries(sale, "deposits", dict.fromkeys(buyers, deposit))
    storage |= entries(sale, "paid", dict.fromkeys(buyers, ETHER))
    return PlannedBlock(
        tuple(calls), {"sale": (SALE, account(sale, storage, balance=RAISED + len(buyers) * deposit))}, ("treasury",)
    )


APPLICATIONS = (
    Application(
        "sale-buy",
        "People buy in a token sale; what is raised is one number.",
        "raised",
        buy_tokens,
        {"contract": "token_sale"},
    ),
    Application(
        "sale-buy-sharded",
        "People buy in a token sale; the room below its cap is kept in 16 places.",
        "the fullest of roomShards",
        buy_tokens,
        {"contract": "token_sale_sharded"},
    ),
    Application(
        "sale-release",
        "After a token sale, buyers release the tokens that have vested.",
        "nothing: everybody reads the terms, and writes what is theirs",
        release_tokens,
        {"contract": "token_sale"},
    ),
)
