"""The fish of Linden: what happens to a box and its sensor, and what the real contract says to it."""

from __future__ import annotations

from functools import cache

from toyevm.contracts import load_contract
from toyevm.contracts.merkle import merkle_path
from toyevm.state import Account
from toyevm.vm.message import execute_message
from toyevm.workloads.applications.supply_chain.workload import (
    FEE,
    SUPPLY_CHAIN,
    batch_root,
    reading_leaf,
    sign_batch,
)
from toyevm.workloads.attacks.base import AttackScene, BalanceSheet, CallsOfBlock, play
from toyevm.workloads.planned_blocks import PlannedCall, address_named

BOX, CRATE, SENSOR = 7, 8, "sensor"
COLD = (4, 4, 5, 4)  # degrees
WARM = (4, 4, 19, 4)


DEEDS = {
    "A": "In batch 1, the gateway turns 19 degrees into 4. It sends the new root with the signature of the old.",
    "B": "The gateway sends batch 0 once more.",
    "C": "The gateway leaves out batch 1, and sends batch 2.",
    "D": "Dora holds the box, and has offered it to Bob. Cem accepts it.",
    "E": "The driver puts the sensor on ice and leaves the fish in the sun. Batch 1 is sent.",
    "F": "Dora catches fish in the sewer. She creates a new box with the name 'clean lake'.",
    "G": "From now on, the gateway sends no more batches.",
    "H": "The gateway shows an inspector a reading of 3 degrees that batch 0 does not have.",
}


def _record(batch: int, signed: tuple[int, ...], brought: tuple[int, ...] | None = None) -> PlannedCall:
    chain = load_contract("supply_chain")
    root, *signature = sign_batch(SENSOR, BOX, batch, signed)
    return PlannedCall(
        "gateway", SUPPLY_CHAIN, chain.call_data("record", BOX, batch_root(brought) if brought else root, *signature)
    )


def _deed(letter: str) -> list[PlannedCall]:
    chain = load_contract("supply_chain")
    calls = {
        "A": [_record(1, WARM, COLD)],
        "B": [_record(0, COLD)],
        "C": [_record(2, COLD)],
        "D": [PlannedCall("Cem", SUPPLY_CHAIN, chain.call_data("accept", BOX))],
        "E": [_record(1, COLD)],  # true readings, of the ice
        "F": [PlannedCall("Dora", SUPPLY_CHAIN, chain.call_data("create", CRATE, address_named(SENSOR)), FEE)],
    }
    return calls.get(letter, [])


@cache
def said_to(letter: str) -> str:
    """Return what the contract says to a deed: why it refuses, or "" if it notices nothing."""
    if letter == "H":
        return "" if is_recorded(3) else "not under the root"
    said = next(iter(_played(_deed(letter)).failures.values()), "")
    return "not signed by the sensor as its next batch" if said == "not signed by the device" else said


def is_recorded(reading: int) -> bool:
    """Say whether the contract finds a reading at place 1 of batch 0, with the path of that place."""
    path = b"".join(merkle_path([reading_leaf(each) for each in COLD], 1))
    data = load_contract("supply_chain").call_data("isRecorded", BOX, 0, reading, 1, path)
    return bool(int.from_bytes(execute_message(_played([]).worlds[-1], address=SUPPLY_CHAIN, input=data).output))


def _played(calls: list[PlannedCall]) -> BalanceSheet:
    """Play calls after Dora has created the box and offered it to Bob, and batch 0 is on chain."""
    chain = load_contract("supply_chain")
    before = (
        PlannedCall("Dora", SUPPLY_CHAIN, chain.call_data("create", BOX, address_named(SENSOR)), 9 * FEE),
        PlannedCall("Dora", SUPPLY_CHAIN, chain.call_data("offer", BOX, address_named("Bob"))),
        _record(0, COLD),
    )
    contracts = {"supply chain": (SUPPLY_CHAIN, Account(nonce=1, code=chain.code))}
    return play(AttackScene((CallsOfBlock(before), CallsOfBlock(tuple(calls))), contracts, assets={}, people=("Bob",)))
