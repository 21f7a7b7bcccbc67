"""A mutual insurance: users buy covers, out of money that they paid in before.

`insurance` adds every premium to the capital and every cover to one sum; `insurance_sharded` has sixteen of each.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, account, address_named, entries, user, variables

MUTUAL: Address = b"\xb9" * 20
SHARDS = 16
CAPITAL = 10**6 * ETHER  # room for 400,000 covers in all, or for 25,000 on each of 16 counters
COVERED = 1_600 * ETHER
MONEY = 10 * ETHER  # of each holder


def buy_covers(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return purchases of covers: one by each of `count` holders."""
    mutual = load_contract(contract)
    holders = [user(number) for number in random.sample(range(max(users, count)), count)]
    calls = [
        PlannedCall(holder, MUTUAL, mutual.call_data("buy", random.randint(1, 9) * ETHER, random.randint(30, 365)))
        for holder in holders
    ]
    slots = mutual.slots
    storage = variables(mutual, {"capital": CAPITAL, "totalShares": CAPITAL // 2})
    if "covers" in slots:
        storage |= {slots["covers"] + counter: COVERED // SHARDS for counter in range(SHARDS)}
        storage |= {slots["premiums"] + counter: ETHER for counter in range(SHARDS)}
    else:
        storage |= {slots["covered"]: COVERED}
    storage |= entries(mutual, "moneyOf", {address_named(holder): MONEY for holder in holders})
    balance = CAPITAL + SHARDS * ETHER + MONEY * count
    return PlannedBlock(tuple(calls), {"mutual": (MUTUAL, account(mutual, storage, balance))})


APPLICATIONS = (
    Application(
        "insurance-cover",
        "Users buy covers of a mutual, which counts its capital and what it covers.",
        "capital and covered",
        buy_covers,
        {"contract": "insurance"},
    ),
    Application(
        "insurance-sharded",
        "Users buy covers of a mutual with 16 counters, each with its part of the capacity.",
        "the fullest of 16 premiums and covers",
        buy_covers,
        {"contract": "insurance_sharded"},
    ),
)
