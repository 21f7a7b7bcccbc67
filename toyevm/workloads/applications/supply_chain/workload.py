"""A supply chain: receivers accept items, and gateways bring batches of readings that sensors signed off chain.

`supply_chain_one_log` writes every event into one log; `supply_chain` gives each item its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from toyevm.contracts import load_contract, mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.contracts.merkle import merkle_root
from toyevm.crypto import keccak256, sign
from toyevm.types import Address, Hash32
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application, Ideal
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
from toyevm.workloads.wallets import wallet

SUPPLY_CHAIN: Address = b"\xd8" * 20
FEE = ETHER // 1_000  # for a batch, as in the contract


def accept_items(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return handovers: each of `count` items, which its holder offered before, is accepted by its receiver."""
    chain = load_contract(contract)
    holders: dict[int | bytes, int] = {}
    receivers: dict[int | bytes, int] = {}
    histories: dict[int | bytes, int] = {}
    calls, people = [], set()
    for item in random.sample(range(count), count):
        holder = pick(random, users)
        receiver = pick_other(random, users, holder)
        holders[item], receivers[item] = word_named(user(holder)), word_named(user(receiver))
        histories[item] = random.getrandbits(256)
        people |= {holder, receiver}
        calls.append(PlannedCall(user(receiver), SUPPLY_CHAIN, chain.call_data("accept", item)))
    storage = entries(chain, "holderOf", holders) | entries(chain, "receiverOf", receivers)
    if "head" in chain.slots:
        storage[chain.slots["head"]] = histories[0]
    else:
        storage |= entries(chain, "historyOf", histories)
    contract_account = account(chain, storage)
    return PlannedBlock(
        tuple(calls), {"supply chain": (SUPPLY_CHAIN, contract_account)}, tuple(map(user, sorted(people)))
    )


def reading_leaf(reading: int) -> Hash32:
    """Return the leaf of a reading, which is a number of 256 bits; what its bits mean is the sensor's affair."""
    return keccak256(encode_arguments(reading))


def batch_root(readings: Sequence[int]) -> Hash32:
    return merkle_root([reading_leaf(reading) for reading in readings])


def sign_words(device: str, *words: int | bytes) -> tuple[int, int, int]:
    """Return what the sensor of this name signs under the hash of these words: v, r, s."""
    y_parity, r, s = sign(keccak256(encode_arguments(*words)), wallet(device).private_key)
    return 27 + y_parity, r, s


def sign_batch(device: str, item: int, batch: int, readings: Sequence[int]) -> tuple[Hash32, int, int, int]:
    """Return the root of an item's batch number `batch` and its sensor's signature, as `record` takes them."""
    root = batch_root(readings)
    return root, *sign_words(device, SUPPLY_CHAIN, item, batch, root)


def record_batches(random: Random, count: int, users: int, *, contract: str, gateways: int = 50) -> PlannedBlock:
    """Return batches of 16 readings: `users` sensors, one an item, each send theirs through the nearest gateway."""
    chain = load_contract(contract)
    items = [i % users for i in range(count)]
    random.shuffle(items)
    batches: Counter[int] = Counter()
    storage: dict[int, int] = {}
    calls = []
    for item in items:
        sensor, gateway = f"sensor {item}", f"gateway {item % gateways}"
        signed = sign_batch(sensor, item, batches[item], [random.randrange(2**64) for _ in range(16)])
        batches[item] += 1
        calls.append(PlannedCall(gateway, SUPPLY_CHAIN, chain.call_data("record", item, *signed)))
        storage[mapping_slot(chain.slots["holderOf"], item)] = word_named(user(item))
        storage[mapping_slot(chain.slots["deviceOf"], item)] = word_named(sensor)
        storage[mapping_slot(chain.slots["historyOf"], item)] = random.getrandbits(256)
        storage[mapping_slot(chain.slots["earned"], address_named(gateway))] = FEE
    budgets = entries(chain, "budgetOf", {item: (number + 1) * FEE for item, number in batches.items()})
    balance = sum(budgets.values()) + FEE * len({call.sender for call in calls})
    contract_account = account(chain, storage | budgets, balance)
    return PlannedBlock(
        tuple(calls),
        {"supply chain": (SUPPLY_CHAIN, contract_account)},
        tuple(name for item in sorted(batches) for name in (f"sensor {item}", user(item))),
    )


APPLICATIONS = (
    Application(
        "supply-handover-one-log",
        "Receivers accept items; all events go into one log.",
        "head of the log",
        accept_items,
        {"contract": "supply_chain_one_log"},
    ),
    Application(
        "supply-handover",
        "Receivers accept items, each of which has its own history.",
        "nothing",
        accept_items,
        {"contract": "supply_chain"},
        Ideal(0.0, 200.0),
    ),
    Application(
        "supply-readings",
        "Gateways bring batches of readings that sensors signed off chain.",
        "earned of a gateway",
        record_batches,
        {"contract": "supply_chain"},
    ),
)
