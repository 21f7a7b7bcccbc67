"""A block as on a busy day: plain payments, and a little of the other applications."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from toyevm.units import ETHER
from toyevm.workloads.applications.amm import workload as amm
from toyevm.workloads.applications.base import Application, plan_together
from toyevm.workloads.applications.erc20 import workload as erc20
from toyevm.workloads.applications.nft_market import workload as nft_market
from toyevm.workloads.applications.payments import workload as payments
from toyevm.workloads.planned_blocks import (
    TRANSFER_GAS,
    PlannedBlock,
    PlannedCall,
    address_named,
    pick,
    pick_other,
    user,
)

PER_CENT = {"erc20-zipf": 30, "amm-swap": 15, "nft-counter": 5, "payments": 5, "erc20-mint": 5}
PARTS = {one.name: one for module in (erc20, amm, nft_market, payments) for one in module.APPLICATIONS}
PARTS["amm-swap"] = replace(PARTS["amm-swap"], shape={"pools": 4})


def mix_applications(random: Random, count: int, users: int) -> PlannedBlock:
    """Return a little of everything; the shares are made up, in the order of magnitude of a busy day."""
    parts = [(PARTS[name], count * share // 100) for name, share in PER_CENT.items()]
    return plan_together(random, [*parts, (ETHER_PAYMENTS, count - sum(calls for _, calls in parts))], users)


def pay_ether(random: Random, count: int, users: int, *, skew: float = 0.0) -> PlannedBlock:
    """Return plain payments between users; `skew` is Zipf's exponent for who pays and who is paid."""
    pairs = [(payer := pick(random, users, skew), pick_other(random, users, payer, skew)) for _ in range(count)]
    calls = [
        PlannedCall(user(payer), address_named(user(payee)), value=ETHER // 100, gas_limit=TRANSFER_GAS)
        for payer, payee in pairs
    ]
    return PlannedBlock(tuple(calls), people=tuple(user(payee) for _, payee in pairs))


ETHER_PAYMENTS = Application("ether", "Users pay each other in ether.", "balances", pay_ether)  # only ever a part
APPLICATIONS = (
    Application(
        "mixed",
        "A little of everything: payments, tokens, swaps, sales, claims, mints.",
        "fees and totalSupply, the pools, the busiest users",
        mix_applications,
    ),
)
