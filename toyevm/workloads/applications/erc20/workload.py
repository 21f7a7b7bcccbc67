"""The ERC-20 token: users send it to each other, and minters make more of it.

`erc20` is the plain token of the standard: balances and allowances, no minting; nothing in it is hot but the balance of
a busy holder. `erc20_mint` counts its supply in one variable, `erc20_sharded` in sixteen.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract
from toyevm.types import Address
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
)
from toyevm.workloads.tokens import TOKEN, token_account, transfer_data

FORTUNE = 10**6 * ETHER  # tokens that everybody has
MINTED: Address = b"\x71" * 20


def transfer_tokens(random: Random, count: int, users: int, *, skew: float = 0.0, burst: int = 0) -> PlannedBlock:
    """Return transfers of an ERC-20 token between users.

    Args:
        skew: Zipf's exponent, for payers and payees alike; 0: all alike.
        burst: so many transfers in a row go to the same payee, every second time (a sale, an exchange that collects).
    """
    pairs, rush = [], None
    for i in range(count):
        if burst and i % burst == 0:
            rush = None if rush is not None else pick(random, users, skew)
        payee = pick(random, users, skew) if rush is None else rush
        pairs.append((pick_other(random, users, payee, skew), payee))
    calls = tuple(
        PlannedCall(user(payer), TOKEN, transfer_data(address_named(user(payee)), random.randint(1, 9) * ETHER))
        for payer, payee in pairs
    )
    people = tuple(user(number) for number in sorted({number for pair in pairs for number in pair}))
    token = token_account({address_named(name): FORTUNE for name in people})
    return PlannedBlock(calls, {"token": (TOKEN, token)}, people)


def mint_tokens(random: Random, count: int, users: int, *, contract: str) -> PlannedBlock:
    """Return mints by users, for users, out of what the issuer allows each."""
    code = load_contract(contract)
    pairs = [(user(pick(random, users)), user(pick(random, users))) for _ in range(count)]
    amounts = [random.randint(1, 9) * ETHER for _ in pairs]
    people = tuple(sorted({name for pair in pairs for name in pair}))
    storage = entries(code, "balanceOf", {address_named(name): FORTUNE for name in people})
    storage |= entries(code, "mintAllowance", {address_named(minter): FORTUNE for minter, _ in pairs})
    supply = "totalSupply" if "totalSupply" in code.slots else "supplyShards"
    storage[code.slots[supply]] = FORTUNE * len(people)
    calls = tuple(
        PlannedCall(minter, MINTED, code.call_data("mint", address_named(receiver), amount))
        for (minter, receiver), amount in zip(pairs, amounts, strict=True)
    )
    return PlannedBlock(calls, {"minted token": (MINTED, account(code, storage))}, people)


APPLICATIONS = (
    Application(
        "erc20-uniform",
        "Users send each other tokens, all alike.",
        "nothing: a balance now and then",
        transfer_tokens,
        ideal=Ideal(0.005, 50.0),
    ),
    Application(
        "erc20-zipf",
        "Users send each other tokens; some are far busier than others (Zipf 1.0).",
        "the balance of the busiest user",
        transfer_tokens,
        {"skew": 1.0},
        Ideal(0.107, 3.7),
    ),
    Application(
        "erc20-bursts",
        "Users send each other tokens; every now and then ten in a row pay the same one.",
        "the balance of whoever is paid in a burst, for a while",
        transfer_tokens,
        {"burst": 10},
    ),
    Application(
        "erc20-mint",
        "Minters make tokens for users; the contract counts the supply.",
        "totalSupply",
        mint_tokens,
        {"contract": "erc20_mint"},
        Ideal(1.0, 1.0, source="the design of toyevm: one global counter"),
    ),
    Application(
        "erc20-sharded",
        "Minters make tokens for users; the contract counts the supply in 16 places.",
        "the fullest of 16 shards of the supply",
        mint_tokens,
        {"contract": "erc20_sharded"},
        Ideal(
            None,
            6.0,
            "200 mints in 16 shards leave about 20 in the fullest, a speedup of 10; 6 is what 8 shards would give",
            source="the design of toyevm: sharded by 16",
        ),
    ),
)
