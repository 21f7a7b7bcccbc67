"""Payments that arrive in waves, faster or slower than blocks can take them.

Each names a tip for the producer and the most it is ready to pay for a unit of gas. Keys, tips and prices come from a
seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address
from toyevm.units import ETHER, GWEI
from toyevm.workloads.planned_blocks import TRANSFER_GAS
from toyevm.workloads.wallets import Wallet, wallet
from toyevm.workloads.workload import SAVINGS

CHEAPEST, DEAREST = 12, 60  # the most that somebody pays for a unit of gas, in gwei
TIPS = (1, 2, 3)


@dataclass(frozen=True)
class PaymentWaves:
    """The state before it all, and what arrives before each block."""

    pre: WorldState
    waves: tuple[tuple[Transaction, ...], ...]


def payments_in_waves(sizes: Sequence[int], seed: int = 0) -> PaymentWaves:
    """Return as many payments as `sizes` says before each block, all from different people to different people."""
    random = Random(seed)
    accounts: dict[bytes, Account] = {}
    waves = []
    for block_number, size in enumerate(sizes):
        wave = []
        for number in range(size):
            payer = wallet(f"wave {block_number} payer {number}", seed)
            payee = wallet(f"wave {block_number} payee {number}", seed).address
            accounts[payer.address] = accounts[payee] = Account(balance=SAVINGS)
            wave.append(_payment(payer, payee, random))
        waves.append(tuple(wave))
    return PaymentWaves(WorldState(accounts), tuple(waves))


def _payment(payer: Wallet, payee: Address, random: Random) -> Transaction:
    tip, price = random.choice(TIPS) * GWEI, random.randint(CHEAPEST, DEAREST) * GWEI
    return payer.sign(
        nonce=0,
        max_fee_per_gas=price,
        max_priority_fee_per_gas=tip,
        gas_limit=TRANSFER_GAS,
        to=payee,
        value=ETHER,
    )
