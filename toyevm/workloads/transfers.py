"""Blocks of payments: real signed transactions between people whose names say who they are.

Everything is made from a seed, keys and signatures included: a block is the same, bit by bit, everywhere.
Keys made from names are no secret: they are for play.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from toyevm.blocks import Block, Header
from toyevm.chain import MAINNET, ChainConfig
from toyevm.contracts import load_contract, mapping_slot
from toyevm.crypto import address_of, keccak256
from toyevm.errors import InputError
from toyevm.state import Account, WorldState
from toyevm.transactions import FEE_MARKET, Transaction, sign_transaction
from toyevm.types import Address, Field, Location

ETHER, GWEI = 10**18, 10**9
SAVINGS = 100 * ETHER  # what everybody begins with
TRANSFER_GAS, TOKEN_GAS = 21_000, 60_000
BASE_FEE, TIP = 10 * GWEI, 1 * GWEI
PRODUCER: Address = b"\xfe" * 20
TOKEN: Address = b"\x70" * 20


@dataclass(frozen=True)
class Payment:
    """One person pays another; the amount is in ether, or in whole tokens."""

    payer: str
    payee: str
    amount: int = 1

    def __str__(self) -> str:
        return f"{self.payer}>{self.payee}" + (f" {self.amount}" if self.amount != 1 else "")


@dataclass(frozen=True)
class Workload:
    """A block with the state it finds, and whose accounts they are."""

    chain: ChainConfig
    pre: WorldState
    block: Block
    names: Mapping[Address, str]

    def name(self, address: Address) -> str:
        """Return who an account belongs to."""
        return self.names.get(address, "0x" + address.hex())

    def place(self, location: Location) -> str:
        """Return a location in words, such as "shop's balance"."""
        digits = f"{location.key:#x}"
        slot = "slot " + (digits if len(digits) <= 10 else digits[:6] + "…")
        field = slot if location.is_slot else Field(location.key).name.lower()
        return f"{self.name(location.address)}'s {field}"


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
    """Return a block of `count` payments, `to_shop` of them, at random places, to the same shop.

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
    """Read payments as people jot them down: "Ann>Bob" pays 1, "Ann>Bob 5" pays 5; commas or lines between them.

    Raises:
        InputError: naming the first one that cannot be read.

    >>> read_payments("Ann>Bob, Bob>Cleo 5")
    (Payment(payer='Ann', payee='Bob', amount=1), Payment(payer='Bob', payee='Cleo', amount=5))
    """
    payments = []
    for number, part in enumerate(filter(None, map(str.strip, re.split(r"[,;\n]", text))), start=1):
        fields = re.fullmatch(r"(\w+)\s*(?:>|->|→)\s*(\w+)(?:\s+(\d{1,2}))?", part)
        if fields is None:
            raise InputError(f"cannot read {part!r}", f"payment {number}", 'something like "Ann>Bob" or "Ann>Bob 5"')
        payments.append(Payment(fields[1], fields[2], int(fields[3] or 1)))
    return tuple(payments)


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
    keys = {name: key_of(name, seed) for name in people}
    addresses = {name: address_of(key) for name, key in keys.items()}
    nonces = dict.fromkeys(people, 0)
    transactions = []
    for payment in payments:
        unsigned = _transaction(payment, addresses[payment.payee], nonces[payment.payer], token, base_fee, tip)
        transactions.append(sign_transaction(unsigned, keys[payment.payer]))
        nonces[payment.payer] += 1
    header = Header(number=1, timestamp=12, coinbase=PRODUCER, base_fee_per_gas=base_fee, excess_blob_gas=0)
    names = {address: name for name, address in addresses.items()} | {PRODUCER: "producer"}
    accounts = {address: Account(balance=SAVINGS) for address in addresses.values()}
    if token:
        names[TOKEN] = "token"
        accounts[TOKEN] = _token(addresses.values())
    return Workload(MAINNET, WorldState(accounts), Block(header, tuple(transactions)), names)


def key_of(name: str, seed: int = 0) -> bytes:
    """Return the private key of a person in a story."""
    return keccak256(f"toyevm/{seed}/{name}".encode())


def _transaction(payment: Payment, payee: Address, nonce: int, token: bool, base_fee: int, tip: int) -> Transaction:
    amount = payment.amount * ETHER  # the token has 18 decimals, as ether has
    return Transaction(
        type=FEE_MARKET,
        chain_id=MAINNET.chain_id,
        nonce=nonce,
        max_fee_per_gas=2 * base_fee + tip,
        max_priority_fee_per_gas=tip,
        gas_limit=TOKEN_GAS if token else TRANSFER_GAS,
        to=TOKEN if token else payee,
        value=0 if token else amount,
        data=load_contract("erc20").call_data("transfer", payee, amount) if token else b"",
    )


def _token(holders: Iterable[Address]) -> Account:
    contract = load_contract("erc20")
    slot = contract.slots["balanceOf"]
    storage = {mapping_slot(slot, holder): SAVINGS for holder in holders}
    return Account(nonce=1, code=contract.code, storage=storage)
