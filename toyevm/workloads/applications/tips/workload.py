"""Tips: fans tip authors, some of whom many people read.

`tips` takes a fee of every tip, into one variable; `tips_pull` when the author withdraws, and keeps tips in 16 places.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract, mapping_slot
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
    pick_other,
    user,
)

TIPS: Address = b"\xc3" * 20
SHARDS = 16


def tip_authors(
    random: Random, count: int, users: int, *, contract: str, skew: float = 1.0, authors: int | None = None
) -> PlannedBlock:
    """Return tips.

    Args:
        skew: Zipf's exponent for who is read (1.0: few by many).
        authors: how many users are authors; None: all.
    """
    tips = load_contract(contract)
    purses: dict[int | bytes, int] = {}
    calls, tipped = [], set()
    for _ in range(count):
        author = pick(random, authors or users, skew)
        fan = user(pick_other(random, users, author))
        tipped.add(user(author))
        purses[address_named(fan)] = 1_000 * ETHER
        data = tips.call_data("tip", address_named(user(author)), random.randbytes(32), random.randint(1, 99))
        calls.append(PlannedCall(fan, TIPS, data))
    storage = entries(tips, "purses", purses) | {tips.slots["fees"]: ETHER}
    for who in tipped:
        if "earned" in tips.slots:
            storage[mapping_slot(tips.slots["earned"], address_named(who))] = ETHER
        else:
            first = mapping_slot(tips.slots["earnedShards"], address_named(who))
            storage |= {first + shard: ETHER for shard in range(SHARDS)}
    contract_account = account(tips, storage, balance=sum(storage.values()))
    return PlannedBlock(tuple(calls), {"tips": (TIPS, contract_account)}, tuple(sorted(tipped)))


APPLICATIONS = (
    Application(
        "tips-push",
        "Fans tip authors; the site counts its fee of each tip.",
        "fees, then what the best-read author earned",
        tip_authors,
        {"contract": "tips"},
    ),
    Application(
        "tips-pull",
        "Fans tip authors; the fee waits until an author withdraws.",
        "earnedShards of the best-read author",
        tip_authors,
        {"contract": "tips_pull"},
    ),
    Application(
        "tips-one-post",
        "Everybody tips the author of one post, in 16 places.",
        "the 16 earnedShards of the author",
        tip_authors,
        {"contract": "tips_pull", "authors": 1},
    ),
)
