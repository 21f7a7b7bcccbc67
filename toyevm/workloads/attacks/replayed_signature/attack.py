"""The replay of a device's signature: what a sensor signed once is on chain for all to read, and to send again.

A gateway brings a batch of readings and is paid for it. Eve copies its call, word for word. Whoever checks a signature
must also ask what for: the contract (another one may trust the same sensor), the item, and which of the item's batches.
"""

from __future__ import annotations

from toyevm.contracts import load_contract
from toyevm.state import Account
from toyevm.workloads.applications.supply_chain.workload import (
    FEE,
    SUPPLY_CHAIN,
    batch_root,
    sign_batch,
    sign_words,
)
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock, ether
from toyevm.workloads.planned_blocks import PlannedCall, address_named

ITEM = 7
BATCHES = 10  # for which the maker has put money aside
READINGS = (27_315, 27_340, 27_322)  # hundredths of a kelvin


def _signed(defended: bool) -> tuple[bytes, int, int, int]:
    """Return the sensor's first batch, as the gateway has it."""
    if defended:
        return sign_batch("sensor", ITEM, 0, READINGS)
    root = batch_root(READINGS)
    return root, *sign_words("sensor", SUPPLY_CHAIN, ITEM, root)


def scene(defended: bool) -> AttackScene:
    """Return two blocks: the honest delivery of a batch, and its copies."""
    chain = load_contract("supply_chain" if defended else "supply_chain_replayable")
    create = chain.call_data("create", ITEM, address_named("sensor"))
    record = chain.call_data("record", ITEM, *_signed(defended))
    withdraw = chain.call_data("withdraw")
    honest = PlannedCall("maker", SUPPLY_CHAIN, create, BATCHES * FEE), PlannedCall("gateway", SUPPLY_CHAIN, record)
    copies = [PlannedCall("Eve", SUPPLY_CHAIN, record)] * (BATCHES - 1)
    payday = [PlannedCall(who, SUPPLY_CHAIN, withdraw) for who in ("gateway", "Eve")]
    return AttackScene(
        blocks=(CallsOfBlock(honest), CallsOfBlock((*copies, *payday))),
        contracts={"supply chain": (SUPPLY_CHAIN, Account(nonce=1, code=chain.code))},
        assets={"ether": ether},
        people=("maker", "gateway", "Eve"),
    )


ATTACK = Attack(
    "replayed_signature",
    "Eve sends the signed batch of a sensor again, and is paid for each copy.",
    "The sensor signs the number of the batch and the contract, too, and the contract counts.",
    scene,
    ("Eve", "ether"),
)
