"""A bank behind a proxy: users pay each other, and its admin exchanges the code while they do.

`bank` is the first version, `bank_guarded` the second; `proxy` has the storage and the ether of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from toyevm.contracts import Contract, load_contract
from toyevm.crypto import keccak256
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application
from toyevm.workloads.planned_blocks import (
    PlannedBlock,
    PlannedCall,
    account,
    address_named,
    entries,
    pick,
    pick_other,
    user,
    variables,
    word_named,
)

PROXY: Address = b"\xc9" * 20
BANK: Address = b"\xca" * 20
BANK_GUARDED: Address = b"\xcb" * 20
ADMIN = "admin of the proxy"
OWNER = "owner of the bank"
IMPLEMENTATION_SLOT, ADMIN_SLOT = (
    int.from_bytes(keccak256(b"eip1967.proxy." + word), "big") - 1 for word in (b"implementation", b"admin")
)


def pay_through_proxy(random: Random, count: int, users: int, *, upgrade: bool = False) -> PlannedBlock:
    """Return payments between users of a bank behind a proxy; `upgrade`: its code is exchanged in mid-block."""
    bank = load_contract("bank")
    deposits: dict[int | bytes, int] = {}
    calls = []
    for _ in range(count):
        payer = pick(random, users)
        payee = address_named(user(pick_other(random, users, payer)))
        deposits[address_named(user(payer))] = 10_000 * ETHER
        calls.append(PlannedCall(user(payer), PROXY, bank.call_data("pay", payee, random.randint(1, ETHER))))
    contracts = {"proxy": (PROXY, proxy_account(bank, BANK, deposits)), "bank": (BANK, implementation("bank"))}
    if upgrade:
        data = load_contract("proxy").call_data("upgradeTo", BANK_GUARDED)
        calls[count // 2] = PlannedCall(ADMIN, PROXY, data)
        contracts["guarded bank"] = (BANK_GUARDED, implementation("bank_guarded"))
    return PlannedBlock(tuple(calls), contracts, (ADMIN, OWNER))


def proxy_account(bank: Contract, behind: Address, deposits: Mapping[int | bytes, int]) -> Account:
    """Return a proxy with the implementation at `behind`, whose variables are laid out as those of `bank`."""
    storage = {IMPLEMENTATION_SLOT: int.from_bytes(behind, "big"), ADMIN_SLOT: word_named(ADMIN)}
    storage |= variables(bank, {"owner": address_named(OWNER)}) | entries(bank, "depositOf", deposits)
    return account(load_contract("proxy"), storage, balance=sum(deposits.values()))


def implementation(name: str) -> Account:
    """Return a version of the bank as its constructor leaves it."""
    bank = load_contract(name)
    return account(bank, variables(bank, {"owner": address_named(OWNER)}))


APPLICATIONS = (
    Application(
        "proxy",
        "Users pay each other in a bank behind a proxy.",
        "nothing: a payer or a payee now and then",
        pay_through_proxy,
    ),
    Application(
        "proxy-upgrade",
        "Users pay each other in a bank behind a proxy, whose admin exchanges the code in mid-block.",
        "the implementation's slot: whoever pays after the upgrade waits for it",
        pay_through_proxy,
        {"upgrade": True},
    ),
)
