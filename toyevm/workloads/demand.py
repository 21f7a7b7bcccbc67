"""People who want to pay, faster or slower than blocks can take them: payments that arrive in waves.

Each names a tip for the producer and the most it is ready to pay for a unit of gas. Keys, tips and prices come from a
seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from toyevm.chain import MAINNET
from toyevm.crypto import address_of
from toyevm.state import Account, WorldState
from toyevm.transactions import FEE_MARKET, Transaction, sign_transaction
from toyevm.workloads.transfers import ETHER, GWEI, SAVINGS, TRANSFER_GAS, key_of

CHEAPEST, DEAREST = 12, 60  # the most that somebody pays for a unit of gas, in gwei
TIPS = (1, 2, 3)


@dataclass(frozen=True)
class Demand:
    """The state before it all, and what arrives before each block."""

    pre: WorldState
    waves: tuple[tuple[Transaction, ...], ...]


def payments_in_waves(sizes: Sequence[int], seed: int = 0) -> Demand:
    """Return as many payments as `sizes` says before each block, all from different people to different people."""
    random = Random(seed)
    accounts: dict[bytes, Account] = {}
    waves = []
    for block_number, size in enumerate(sizes):
        wave = []
        for place in range(size):
            key = key_of(f"wave {block_number} payer {place}", seed)
            payee = address_of(key_of(f"wave {block_number} payee {place}", seed))
            accounts[address_of(key)] = accounts[payee] = Account(balance=SAVINGS)
            wave.append(_payment(key, payee, random))
        waves.append(tuple(wave))
    return Demand(WorldState(accounts), tuple(waves))


def _payment(key: bytes, payee: bytes, random: Random) -> Transaction:
    tip, price = random.choice(TIPS) * GWEI, random.randint(CHEAPEST, DEAREST) * GWEI
    unsigned = Transaction(
        type=FEE_MARKET,
        chain_id=MAINNET.chain_id,
        max_fee_per_gas=price,
        max_priority_fee_per_gas=tip,
        gas_limit=TRANSFER_GAS,
        to=payee,
        value=ETHER,
    )
    return sign_transaction(unsigned, key)
