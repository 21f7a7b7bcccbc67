"""Batches of payments to prove, made from a seed: as a block, and as the rollup posts and proves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.errors import InputError
from toyevm.rollups.zk.payments.proofs import MAX_COUNT
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import UNIT, AccountLeaf
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment, signature_of
from toyevm.state import Account, WorldState
from toyevm.types import Address
from toyevm.workloads.planned_blocks import TRANSFER_GAS
from toyevm.workloads.transfers import Payment, sign_payments
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import SAVINGS, Workload, open_header

PEOPLE = 100
LARGEST = SAVINGS // UNIT // MAX_COUNT  # units of one payment: nobody runs out, whoever pays


@dataclass(frozen=True)
class PaymentBatch:
    """The same payments twice: as a block on a state, and as signed data with the tree of accounts that they change.

    Attributes:
        owners: whose account each number is.
    """

    workload: Workload
    owners: Mapping[int, Address]
    tree: AccountTree
    payments: tuple[SignedPayment, ...]


def payment_batch(count: int, seed: int = 0) -> PaymentBatch:
    """Return payments between people picked at random, two different ones each time; gas is free."""
    random, names = Random(seed), [f"person {number}" for number in range(1, PEOPLE + 1)]
    pairs = (random.sample(range(PEOPLE), 2) for _ in range(count))
    plan = [(payer, payee, random.randint(1, LARGEST)) for payer, payee in pairs]
    signed = sign_payments(
        [Payment(names[payer], names[payee], amount) for payer, payee, amount in plan],
        unit=UNIT, seed=seed, base_fee=0, tip=0,
    )  # fmt: skip
    owners = {number: wallet(name, seed).address for number, name in enumerate(names, 1)}
    header = open_header(base_fee=0, gas_limit=TRANSFER_GAS * max(count, 1_000))
    pre = WorldState({address: Account(balance=SAVINGS) for address in owners.values()})
    return PaymentBatch(
        workload=Workload(MAINNET, pre, Block(header, signed), dict(zip(owners.values(), names, strict=True))),
        owners=owners,
        tree=AccountTree({number: AccountLeaf(SAVINGS // UNIT) for number in owners}),
        payments=tuple(
            SignedPayment(payer + 1, payee + 1, amount, tx.nonce, signature_of(tx))
            for (payer, payee, amount), tx in zip(plan, signed, strict=True)
        ),
    )


def check_count(count: int, where: str) -> None:
    """Refuse a number of payments that no batch has.

    Raises:
        InputError: less than one, or more than can be proven at once.
    """
    if not 1 <= count <= MAX_COUNT:
        raise InputError(f"{count} payments", where, f"1 to {MAX_COUNT}")
