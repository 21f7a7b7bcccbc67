"""Blocks of payments, in ether or in the ERC-20 token, between people whose names say who they are.

Everything is made from a seed, keys and signatures included: a block is the same, bit by bit, everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.errors import InputError
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.units import ETHER
from toyevm.workloads.planned_blocks import TRANSFER_GAS, PlannedCall, sign_calls
from toyevm.workloads.tokens import TOKEN, token_account, transfer_data
from toyevm.workloads.wallets import wallet
from toyevm.workloads.workload import BASE_FEE, PRODUCER, SAVINGS, TIP, Workload, open_header

TOKEN_GAS = 60_000
PAYMENT = re.compile(r"(\w+)(?:\s*(?:>|->|→)\s*|\s+pays\s+)(\w+)(?:\s+(\d{1,2}))?")


@dataclass(frozen=True)
class Payment:
    """One person pays another; the amount is in ether, or in whole tokens."""

    payer: str
    payee: str
    amount: int = 1

    def __str__(self) -> str:
        return f"{self.payer}>{self.payee}" + (f" {self.amount}" if self.amount != 1 else "")


def to_many(count: int = 100, seed: int = 0, token: bool = False) -> Workload:
    """Return a block in which `count` people pay `count` others: nobody occurs twice."""
    return mixed(count, to_shop=0, seed=seed, token=token)


def to_one_shop(count: int = 100, seed: int = 0, token: bool = False) -> Workload:
    """Return a block in which `count` people pay the same shop."""
    return mixed(count, to_shop=count, seed=seed, token=token)


def two_blocks(seed: int = 0, token: bool = False) -> dict[str, Workload]:
    """Return two blocks that look alike from outside: 100 payments, 100 payers, the same gas, nobody fails."""
    return {"A": to_many(seed=seed, token=token), "B": to_one_shop(seed=seed, token=token)}


def mixed(count: int = 100, *, to_shop: int, seed: int = 0, token: bool = False) -> Workload:
    """Return a block of `count` payments, `to_shop` of them, at random turns, to the same shop.

    Args:
        token: pay with an ERC-20 token, so that all call one contract, instead of ether.

    Raises:
        InputError: more payments to the shop than there are payments.
    """
    if not 0 <= to_shop <= count:
        raise InputError(f"{to_shop} of {count} payments", expected=f"0 to {count}")
    random = Random(seed)
    shoppers = set(random.sample(range(count), to_shop))
    digits = len(str(max(count - 1, 0)))
    payments = [
        Payment(f"payer {i:0{digits}}", "shop" if i in shoppers else f"payee {i:0{digits}}", random.randint(1, 9))
        for i in range(count)
    ]
    return block_of(payments, seed=seed, token=token)


def read_payments(text: str) -> tuple[Payment, ...]:
    """Read payments as people jot them down; commas, semicolons or lines between them.

    Raises:
        InputError: naming the first one that cannot be read, counted from 0.

    >>> read_payments("Ann>Bob, Bob pays Cleo 5")
    (Payment(payer='Ann', payee='Bob', amount=1), Payment(payer='Bob', payee='Cleo', amount=5))
    """
    parts = filter(None, map(str.strip, re.split(r"[,;\n]", text)))
    return tuple(read_payment(part, f"payment {number}") for number, part in enumerate(parts))


def read_payment(words: str, where: str = "") -> Payment:
    """Read one payment: "Ann>Bob" pays 1, "Ann>Bob 5" and "Ann pays Bob 5" pay 5.

    Raises:
        InputError: it cannot be read.
    """
    fields = PAYMENT.fullmatch(words)
    if fields is None:
        raise InputError(f"cannot read {words!r}", where, 'something like "Ann>Bob" or "Ann>Bob 5"')
    return Payment(fields[1], fields[2], int(fields[3] or 1))


def block_of(
    payments: Sequence[Payment],
    *,
    seed: int = 0,
    token: bool = False,
    base_fee: int = BASE_FEE,
    tip: int = TIP,
) -> Workload:
    """Return a block of these payments, each a transaction signed by its payer.

    With `base_fee` and `tip` zero, gas is free, and balances change by the payments alone.
    """
    people = dict.fromkeys(name for payment in payments for name in (payment.payer, payment.payee))
    names = {wallet(name, seed).address: name for name in people} | {PRODUCER: "producer"}
    accounts = {wallet(name, seed).address: Account(balance=SAVINGS) for name in people}
    if token:
        names[TOKEN] = "token"
        accounts[TOKEN] = token_account(dict.fromkeys(accounts, SAVINGS))
    transactions = sign_payments(payments, token=token, seed=seed, base_fee=base_fee, tip=tip)
    return Workload(MAINNET, WorldState(accounts), Block(open_header(base_fee), transactions), names)


def sign_payments(
    payments: Iterable[Payment],
    *,
    unit: int = ETHER,
    token: bool = False,
    seed: int = 0,
    base_fee: int = BASE_FEE,
    tip: int = TIP,
) -> tuple[Transaction, ...]:
    """Return a transaction for each payment, signed by its payer.

    Args:
        unit: what amounts are counted in, in wei; the token has 18 decimals, as ether has.
        token: pay with the token at TOKEN.
    """
    calls = (_call(one.payer, wallet(one.payee, seed).address, one.amount * unit, token) for one in payments)
    return sign_calls(calls, base_fee=base_fee, tip=tip, seed=seed)


def _call(payer: str, payee: bytes, amount: int, token: bool) -> PlannedCall:
    if token:
        return PlannedCall(payer, TOKEN, transfer_data(payee, amount), gas_limit=TOKEN_GAS)
    return PlannedCall(payer, payee, value=amount, gas_limit=TRANSFER_GAS)
