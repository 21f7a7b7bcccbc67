"""A stablecoin: owners of vaults draw coins against ether.

`stablecoin` counts all debts and all coins in one variable each, `stablecoin_sharded` in sixteen.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application
from toyevm.workloads.applications.lending.workload import PRICE, feed_account
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    entries,
    pick,
    user,
    variables,
)

STABLECOIN: Address = b"\xb3" * 20
FEED: Address = b"\xb4" * 20
SHARDS = 16
CEILING = 10**10 * ETHER  # coins: far more than a block draws
PLEDGED = 10_000 * ETHER  # of each owner of a vault
DEBT = 1_000 * ETHER


def draw_coins(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return what owners of vaults draw; all have pledged far more than they need, and owe a little."""
    stablecoin = load_contract(contract)
    owners = [pick(random, users) for _ in range(count)]
    calls = [
        PlannedCall(user(number), STABLECOIN, stablecoin.call_data("draw", random.randint(1, 99) * ETHER))
        for number in owners
    ]
    people = [address_named(user(number)) for number in sorted(set(owners))]
    slots = stablecoin.slots
    storage = variables(stablecoin, {"oracle": FEED, "ceiling": CEILING})
    for name, amount in (("collateralOf", PLEDGED), ("scaledDebtOf", DEBT), ("balanceOf", DEBT)):
        storage |= entries(stablecoin, name, dict.fromkeys(people, amount))
    shards = SHARDS if "supplyShards" in slots else 1
    for person in people:  # the sums: a debt as old as the contract, and its coins
        for name in ("scaledDebtShards", "supplyShards") if shards > 1 else ("scaledDebts", "totalSupply"):
            slot = slots[name] + int.from_bytes(person, "big") % shards
            storage[slot] = storage.get(slot, 0) + DEBT
    contract_account = account(stablecoin, storage, balance=PLEDGED * len(people))
    contracts = {"stablecoin": (STABLECOIN, contract_account), "feed of stablecoin": (FEED, feed_account(PRICE))}
    return PlannedBlock(tuple(calls), contracts, tuple(user(number) for number in sorted(set(owners))))


APPLICATIONS = (
    Application(
        "stablecoin-draw",
        "Owners of vaults draw coins against ether that they pledged before.",
        "scaledDebts and totalSupply",
        draw_coins,
        {"contract": "stablecoin"},
    ),
    Application(
        "stablecoin-sharded",
        "Owners of vaults draw coins; debts and supply are counted in 16 places each.",
        "the fullest of 16 shards of debts and supply",
        draw_coins,
        {"contract": "stablecoin_sharded"},
    ),
)
