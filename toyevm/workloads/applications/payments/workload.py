"""Micropayments: sensors sign vouchers for their gateway, which cashes them in.

There is one design alone: the claims of a gateway are its own transactions, in the order of their nonces, so it would
gain nothing to keep what it earned channel by channel.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from toyevm.contracts import load_contract, mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256, sign
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, account, address_named
from toyevm.workloads.wallets import wallet

CHANNELS: Address = b"\x77" * 20


def claim_payments(random: Random, count: int, users: int, *, gateways: int = 50) -> PlannedBlock:
    """Return claims of micropayments: `users` sensors pay the gateway that they belong to, with signed vouchers."""
    channels = load_contract("payments")
    locked, earned = channels.slots["locked"], channels.slots["earned"]
    sensors = [i % users for i in range(count)]
    random.shuffle(sensors)
    totals: Counter[int] = Counter()
    storage: dict[int, int] = {}
    calls = []
    for number in sensors:
        sensor, gateway = f"sensor {number}", f"gateway {number % gateways}"
        payer, payee = address_named(sensor), address_named(gateway)
        totals[number] += random.randint(1, 9) * ETHER // 1_000
        voucher = keccak256(encode_arguments(CHANNELS, payee, totals[number]))
        y_parity, r, s = sign(voucher, wallet(sensor).private_key)
        calls.append(
            PlannedCall(gateway, CHANNELS, channels.call_data("claim", payer, totals[number], 27 + y_parity, r, s))
        )
        storage[mapping_slot(mapping_slot(locked, payer), payee)] = 100 * ETHER
        storage[mapping_slot(earned, payee)] = ETHER
    contract_account = account(channels, storage, balance=sum(storage.values()))
    return PlannedBlock(
        tuple(calls), {"channels": (CHANNELS, contract_account)}, tuple(f"sensor {number}" for number in sorted(totals))
    )


APPLICATIONS = (
    Application(
        "payments",
        "Gateways cash in the vouchers of their sensors.",
        "earned of a gateway",
        claim_payments,
        ideal=Ideal(0.015, 50.0),
    ),
)
