"""A staking vault: users stake money that they paid in before.

`staking` adds every stake to two totals and brings an accumulator up to date; `staking_per_epoch` collects the stakes
of an epoch in sixteen places.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from toyevm.contracts import load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application, Ideal
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

VAULT: Address = b"\xb8" * 20
STAKED = 1_000_000 * ETHER  # by others
RATE = ETHER // 100  # of reward a second
PERIOD = 7 * 86_400  # seconds, as the source has it


def stake_money(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return stakes of users in one vault, out of money that they paid in before."""
    vault = load_contract(contract)
    money: Counter[int | bytes] = Counter()
    calls = []
    for _ in range(count):
        staker, amount = user(pick(random, users)), random.randint(1, 9) * ETHER
        money[address_named(staker)] += amount + ETHER
        calls.append(PlannedCall(staker, VAULT, vault.call_data("stake", amount)))
    numbers = {"rewardRate": RATE, "periodEnd": PERIOD, "totalStaked": STAKED * 9 // 10, "totalShares": STAKED}
    storage = variables(vault, numbers) | entries(vault, "moneyOf", money)
    if "epoch" in vault.slots:
        storage |= variables(vault, {"epoch": 30, "epochEnd": 86_400})
    balance = sum(money.values()) + numbers["totalStaked"] + RATE * PERIOD
    return PlannedBlock(tuple(calls), {"vault": (VAULT, account(vault, storage, balance))})


APPLICATIONS = (
    Application(
        "staking-deposit",
        "Users stake money in a vault that rewards them by the second.",
        "totalStaked and totalShares, beside the accumulator",
        stake_money,
        {"contract": "staking"},
        Ideal(1.0, 1.0),
    ),
    Application(
        "staking-per-epoch",
        "Users stake money that counts from the next epoch on, collected in 16 places.",
        "the fullest of 16 slots of newStakes",
        stake_money,
        {"contract": "staking_per_epoch"},
    ),
)
