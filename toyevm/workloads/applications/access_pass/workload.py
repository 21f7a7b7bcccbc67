"""Passes: their owners enter, or hand them on.

`access_pass` counts everybody who is inside in one place; `access_pass_per_gate` gate by gate.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
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

PASSES: Address = b"\xc2" * 20
GATES = 16
ROOM = 4_000  # behind each gate
FIRST = 100  # who are inside already, behind each gate
FOREVER = 2**64


def _passes(random: Random, count: int, users: int) -> dict[int, int]:
    """Draw passes, and who owns each."""
    return {token: pick(random, users) for token in random.sample(range(4 * count), count)}


def _block(contract: str, owners: dict[int, int], calls: list[PlannedCall], people: tuple[str, ...]) -> PlannedBlock:
    passes = load_contract(contract)
    storage = entries(passes, "ownerOf", {token: word_named(user(owner)) for token, owner in owners.items()})
    storage |= entries(passes, "untilOf", dict.fromkeys(owners, FOREVER)) | {passes.slots["capacity"]: GATES * ROOM}
    if "inside" in passes.slots:
        storage[passes.slots["inside"]] = GATES * FIRST
    else:
        storage |= {passes.slots["insideAt"] + gate: FIRST for gate in range(GATES)}
    return PlannedBlock(tuple(calls), {"passes": (PASSES, account(passes, storage))}, people)


def enter_gates(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return owners of passes who enter."""
    owners, data = _passes(random, count, users), load_contract(contract).call_data
    calls = [PlannedCall(user(owner), PASSES, data("enter", token)) for token, owner in owners.items()]
    return _block(contract, owners, calls, ())


def hand_on_passes(random: Random, count: int, users: int, *, contract: str = "access_pass") -> PlannedBlock:
    """Return owners of passes who hand them on, to somebody each."""
    owners, data = _passes(random, count, users), load_contract(contract).call_data
    pairs = {token: (user(owner), user(pick_other(random, users, owner))) for token, owner in owners.items()}
    calls = [
        PlannedCall(giver, PASSES, data("transferFrom", address_named(giver), address_named(receiver), token))
        for token, (giver, receiver) in pairs.items()
    ]
    return _block(contract, owners, calls, tuple(receiver for _, receiver in pairs.values()))


APPLICATIONS = (
    Application(
        "pass-one-count",
        "Owners of passes enter; all who are inside are counted in one place.",
        "inside",
        enter_gates,
        {"contract": "access_pass"},
    ),
    Application(
        "pass-gates",
        "Owners of passes enter by 16 gates, each with room of its own.",
        "insideAt a gate",
        enter_gates,
        {"contract": "access_pass_per_gate"},
    ),
    Application("pass-hand-on", "Owners of passes hand them on.", "nothing: each pass is its own", hand_on_passes),
)
