"""Welfare: people spend what they are entitled to in shops, and an agency's money pays.

`welfare` pays out of one budget; `welfare_reserved` out of what was put beside each person before.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, account, address_named, entries, pick, user

WELFARE: Address = b"\xda" * 20
ALLOWANCE = 100 * ETHER  # a month; more than anybody spends in a block
MONTHS = 6


def spend_allowances(random: Random, count: int, users: int, *, contract: str, shops: int = 50) -> PlannedBlock:
    """Return purchases: people who are entitled to an allowance spend some of it, in any shop."""
    welfare = load_contract(contract)
    customers, open_shops, calls = set(), set(), []
    for _ in range(count):
        person, shop = user(pick(random, users)), f"shop {pick(random, shops)}"
        amount = random.randint(1, 9) * ETHER // 1_000
        customers.add(address_named(person))
        open_shops.add(shop)
        calls.append(PlannedCall(person, WELFARE, welfare.call_data("spend", address_named(shop), amount)))
    reserved = "reservedFor" in welfare.slots
    promised = MONTHS * ALLOWANCE
    storage = (
        entries(welfare, "allowanceOf", dict.fromkeys(customers, ALLOWANCE))
        | entries(welfare, "endMonthOf", dict.fromkeys(customers, MONTHS))
        | entries(welfare, "isShop", {address_named(shop): 1 for shop in open_shops})
        | entries(welfare, "earned", {address_named(shop): ETHER for shop in open_shops})
        | {welfare.slots["budget"]: ETHER if reserved else ETHER + promised * len(customers)}
    )
    if reserved:
        storage |= entries(welfare, "reservedFor", dict.fromkeys(customers, promised))
    balance = ETHER + promised * len(customers) + ETHER * len(open_shops)
    return PlannedBlock(
        tuple(calls), {"welfare": (WELFARE, account(welfare, storage, balance))}, tuple(sorted(open_shops))
    )


APPLICATIONS = (
    Application(
        "welfare",
        "People spend their allowances in shops; one budget pays for all.",
        "budget",
        spend_allowances,
        {"contract": "welfare"},
    ),
    Application(
        "welfare-reserved",
        "People spend their allowances in shops; the money was put beside each of them before.",
        "earned of a shop",
        spend_allowances,
        {"contract": "welfare_reserved"},
    ),
)
