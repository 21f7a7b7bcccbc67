"""A block as on a busy day: plain payments, and a little of the other applications."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from toyevm.units import ETHER
from toyevm.workloads.applications.amm.workload import swap_tokens
from toyevm.workloads.applications.base import Application
from toyevm.workloads.applications.erc20.workload import mint_tokens, transfer_tokens
from toyevm.workloads.applications.nft_market.workload import buy_tokens
from toyevm.workloads.applications.payments.workload import claim_payments
from toyevm.workloads.planned_blocks import (
    TRANSFER_GAS,
    PlannedBlock,
    PlannedCall,
    address_named,
    mix_blocks,
    pick,
    pick_other,
    user,
)


def mix_applications(random: Random, count: int, users: int) -> PlannedBlock:
    """Return a little of everything; the shares are made up, in the order of magnitude of a busy day."""
    parts: list[tuple[int, Callable[..., PlannedBlock], dict[str, Any]]] = [
        (30, transfer_tokens, {"skew": 1.0}),
        (15, swap_tokens, {"pools": 4}),
        (5, buy_tokens, {"contract": "nft_market_counter"}),
        (5, claim_payments, {}),
        (5, mint_tokens, {"contract": "erc20_mint"}),
    ]
    plans = [plan(random, count * share // 100, users, **shape) for share, plan, shape in parts]
    rest = count - sum(len(plan.calls) for plan in plans)
    return mix_blocks(random, [*plans, pay_ether(random, rest, users)])


def pay_ether(random: Random, count: int, users: int) -> PlannedBlock:
    """Return plain payments between users."""
    pairs = [(payer := pick(random, users), pick_other(random, users, payer)) for _ in range(count)]
    calls = [
        PlannedCall(user(payer), address_named(user(payee)), value=ETHER // 100, gas_limit=TRANSFER_GAS)
        for payer, payee in pairs
    ]
    return PlannedBlock(tuple(calls), people=tuple(user(payee) for _, payee in pairs))


APPLICATIONS = (
    Application(
        "mixed",
        "A little of everything: payments, tokens, swaps, sales, claims, mints.",
        "fees and totalSupply, the pools, the busiest users",
        mix_applications,
    ),
)
