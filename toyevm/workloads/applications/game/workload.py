"""A game: players work plots of land for a rent, and hand each other items.

`game` pays rent and tax at once, and every tax into one variable; `game_pull` leaves both in a box at the plot.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.types import Address
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
    word_named,
)

GAME: Address = b"\xc1" * 20
GOLD, KINDS, LAND = 0, 10, 2**128  # items: gold, ten crops from 1 on, plots of land
FORTUNE = 10**6


def owned(game: Contract, owner: str, item: int) -> int:
    """Return the slot of how many of an item somebody has."""
    return mapping_slot(mapping_slot(game.slots["balanceOf"], address_named(owner)), item)


def work_land(random: Random, count: int, users: int, *, contract: str, skew: float = 1.0) -> PlannedBlock:
    """Return players who work plots; `skew` is Zipf's exponent for who owns them (1.0: few own many)."""
    game = load_contract(contract)
    works = [(user(pick(random, users)), LAND + pick(random, users)) for _ in range(count)]
    landlords = {land: user(pick(random, users, skew)) for _, land in works}
    rents: dict[int | bytes, int] = {land: random.randint(20, 99) for land in landlords}
    storage = entries(game, "landlordOf", {land: word_named(who) for land, who in landlords.items()})
    storage |= entries(game, "rentOf", rents) | {game.slots["treasury"]: FORTUNE}
    for box in {"duesOf", "taxOf"} & set(game.slots):
        storage |= entries(game, box, rents)
    for land, who in landlords.items():
        storage |= {owned(game, who, land): 1, owned(game, who, GOLD): FORTUNE}
    for who, land in works:
        storage |= {owned(game, who, GOLD): FORTUNE, owned(game, who, 1 + land % KINDS): 7}
    calls = [PlannedCall(who, GAME, game.call_data("work", land, rents[land])) for who, land in works]
    return PlannedBlock(tuple(calls), {"game": (GAME, account(game, storage))}, tuple(landlords.values()))


def transfer_items(random: Random, count: int, users: int, *, contract: str = "game") -> PlannedBlock:
    """Return players who give each other crops."""
    game = load_contract(contract)
    storage: dict[int, int] = {}
    calls, people = [], []
    for _ in range(count):
        giver, item = pick(random, users), 1 + pick(random, KINDS)
        sender, receiver = user(giver), user(pick_other(random, users, giver))
        storage |= {owned(game, who, item): FORTUNE for who in (sender, receiver)}
        people.append(receiver)
        data = game.call_data(
            "safeTransferFrom", address_named(sender), address_named(receiver), item, random.randint(1, 9), b""
        )
        calls.append(PlannedCall(sender, GAME, data))
    return PlannedBlock(tuple(calls), {"game": (GAME, account(game, storage))}, tuple(people))


APPLICATIONS = (
    Application(
        "game-push",
        "Players work land; rent and tax are paid at once.",
        "treasury, then the gold of whoever has much land",
        work_land,
        {"contract": "game"},
    ),
    Application(
        "game-pull",
        "Players work land; rent and tax wait at the plot.",
        "duesOf a plot, now and then, or a player's own gold",
        work_land,
        {"contract": "game_pull"},
    ),
    Application(
        "game-items",
        "Players give each other crops.",
        "nothing: the same crop of the same player now and then",
        transfer_items,
    ),
)
