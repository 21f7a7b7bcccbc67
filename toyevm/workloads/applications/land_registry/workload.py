"""A land registry: owners sell their parcels, each with a deed.

`land_registry_counter` numbers the deeds of all parcels; `land_registry` does not.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256
from toyevm.types import Address
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    entries,
    pick_other,
    user,
    word_named,
)

REGISTRY: Address = b"\x76" * 20


def transfer_land(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return sales of parcels of land: one by each of `count` owners."""
    registry = load_contract(contract)
    owners: dict[int | bytes, int] = {}
    titles: dict[int | bytes, int] = {}
    calls, people = [], []
    for parcel in random.sample(range(max(users, count)), count):
        seller, buyer = user(parcel), user(pick_other(random, max(users, count), parcel))
        owners[parcel] = word_named(seller)
        titles[parcel] = int.from_bytes(
            keccak256(encode_arguments(0, 0, address_named(seller), random.randbytes(32))), "big"
        )
        people.append(buyer)
        calls.append(
            PlannedCall(
                seller, REGISTRY, registry.call_data("transfer", parcel, address_named(buyer), random.randbytes(32))
            )
        )
    storage = entries(registry, "ownerOf", owners) | entries(registry, "titleOf", titles)
    if "deeds" in registry.slots:
        storage[registry.slots["deeds"]] = count
    return PlannedBlock(tuple(calls), {"land registry": (REGISTRY, account(registry, storage))}, tuple(people))


APPLICATIONS = (
    Application(
        "land-counter",
        "Owners sell their parcels; the registry numbers the deeds.",
        "deeds",
        transfer_land,
        {"contract": "land_registry_counter"},
        Ideal(1.0, 1.0),
    ),
    Application(
        "land",
        "Owners sell their parcels; deeds have no number.",
        "nothing",
        transfer_land,
        {"contract": "land_registry"},
        Ideal(0.0, 200.0),
    ),
)
