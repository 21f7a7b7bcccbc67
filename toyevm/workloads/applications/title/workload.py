"""Titles in eighths: people buy parts of the houses that one builder sells.

`title` counts the parts of an owner, and pays what they are sold for into one account; in `title_numbered` each part
is a thing of its own, beside which its earnings wait.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import Contract, load_contract, mapping_slot
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
    word_named,
)

TITLES: Address = b"\xd3" * 20
PARTS = 8
BUILDER = "builder"
PRICE = ETHER
RENT = ETHER // 100  # that each part has earned before the block


def buy_parts(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return purchases of eighths of a builder's houses, in any order, until `count` are sold."""
    titles = load_contract(contract)
    houses = range(-(-count // PARTS))
    calls = []
    for number in random.sample(range(count), count):
        house, part = divmod(number, PARTS)
        what = part if "ownerOf" in titles.slots else address_named(BUILDER)
        calls.append(PlannedCall(user(pick(random, users)), TITLES, titles.call_data("buy", house, what, PRICE)))
    buyers = dict.fromkeys(address_named(call.sender) for call in calls)
    storage = {titles.slots["registrar"]: word_named("registrar")} | entries(
        titles, "deposits", dict.fromkeys(buyers, count * PRICE)
    )
    for house in houses:
        storage |= _house(titles, house)
    rents = len(houses) * PARTS * RENT
    contract_account = account(titles, storage, balance=len(buyers) * count * PRICE + rents)
    return PlannedBlock(tuple(calls), {"titles": (TITLES, contract_account)}, (BUILDER, "registrar"))


def _house(titles: Contract, house: int) -> dict[int, int]:
    """Return the slots of a house whose builder has let it for a while, and sells it."""
    places = {name: mapping_slot(slot, house) for name, slot in titles.slots.items()}
    builder = address_named(BUILDER)
    slots = {places["isRegistered"]: 1, places["rentOf"]: RENT, mapping_slot(places["priceOf"], builder): PRICE}
    if "ownerOf" in places:
        return slots | {places["ownerOf"] + part: word_named(BUILDER) for part in range(PARTS)}
    return slots | {mapping_slot(places["partsOf"], builder): PARTS}


APPLICATIONS = (
    Application(
        "title",
        "People buy eighths of one builder's houses; the builder has one account.",
        "earned of the builder",
        buy_parts,
        {"contract": "title"},
    ),
    Application(
        "title-numbered",
        "People buy eighths of one builder's houses; what a part is sold for waits beside it.",
        "nothing: a buyer now and then",
        buy_parts,
        {"contract": "title_numbered"},
    ),
)
