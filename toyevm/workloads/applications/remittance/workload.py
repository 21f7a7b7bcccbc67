"""Remittances: people take up the quotes that dealers signed, and somebody abroad has the money.

`remittance` keeps a dealer's float in one place for each currency, `remittance_tills` in sixteen.
"""

from __future__ import annotations

from random import Random

from toyevm.chain import MAINNET
from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256, sign
from toyevm.types import Address
from toyevm.workloads.applications.base import Application
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    pick,
    pick_other,
    user,
    word_named,
)
from toyevm.workloads.wallets import wallet

REMITTANCE: Address = b"\xd2" * 20
TILLS = 16
RATE = 20  # of the currency that is paid out for one of that which is given
FLOAT = 16_000_000
DEADLINE = 60  # the block's clock shows 12


def dealer(number: int) -> str:
    return f"dealer {number}"


def sign_quote(offering: str, sender: str, currency: int, given: int, paid_out: int, number: int) -> tuple[int, ...]:
    """Return what a dealer offers to one sender, and the signature of it, as `pay` takes them."""
    terms = (currency, given, paid_out, DEADLINE, number)
    quote = keccak256(encode_arguments(MAINNET.chain_id, REMITTANCE, address_named(sender), *terms))
    y_parity, r, s = sign(quote, wallet(offering).private_key)
    return given, paid_out, DEADLINE, number, 27 + y_parity, r, s


def send_money(random: Random, count: int, users: int, *, contract: str, dealers: int = 4) -> PlannedBlock:
    """Return payments from one currency to the other, by quotes of so many dealers."""
    remittance = load_contract(contract)
    calls, senders, receivers = [], set(), set()
    for number in range(count):
        sender, dealt_by, given = pick(random, users), dealer(random.randrange(dealers)), random.randint(1, 99)
        receiver = pick_other(random, users, sender)
        quote = sign_quote(dealt_by, user(sender), 0, given, RATE * given, number)
        data = remittance.call_data("pay", 0, address_named(user(receiver)), address_named(dealt_by), *quote)
        calls.append(PlannedCall(user(sender), REMITTANCE, data))
        senders.add(sender)
        receivers.add(receiver)
    balances = mapping_slot(remittance.slots["balanceOf"], 0)
    storage = {mapping_slot(balances, address_named(user(sender))): 100 * count for sender in senders}
    storage[remittance.slots["teller"]] = word_named("teller")
    for name in (all_dealers := [dealer(number) for number in range(dealers)]):
        storage |= _floats(remittance, address_named(name))
    people = (*map(user, sorted(receivers)), *all_dealers)
    return PlannedBlock(tuple(calls), {"remittance": (REMITTANCE, account(remittance, storage))}, people)


def _floats(remittance: Contract, owner: Address) -> dict[int, int]:
    """Return what a dealer has in both currencies."""
    places = 1 if "float" in remittance.slots else TILLS
    variable = remittance.slots["float" if "float" in remittance.slots else "tills"]
    homes = [mapping_slot(mapping_slot(variable, currency), owner) for currency in range(2)]
    return {home + till: FLOAT // places for home in homes for till in range(places)}


APPLICATIONS = (
    Application(
        "remittance",
        "People send money abroad, by quotes of four dealers; a dealer's float is one number for each currency.",
        "float of a dealer, in either currency",
        send_money,
        {"contract": "remittance"},
    ),
    Application(
        "remittance-tills",
        "People send money abroad, by quotes of four dealers; a dealer's float is in 16 tills for each currency.",
        "the fullest of 64 tills, in either currency",
        send_money,
        {"contract": "remittance_tills"},
    ),
)
