"""A yield vault: users give their tokens to a strategy, for shares.

Into `yield_vault` they pay at once; `yield_vault_requests` writes down what it may take from each.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from toyevm.contracts import load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.base import Application
from toyevm.workloads.applications.erc20.workload import FORTUNE
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, account, address_named, pick, user, variables
from toyevm.workloads.tokens import token_account

VAULT: Address = b"\xba" * 20
ASSET: Address = b"\xbb" * 20
OTHER: Address = b"\xbc" * 20  # with the pool, what the vault invests in: a block of deposits does not come there
POOL: Address = b"\xbd" * 20
IDLE, DEBT, SHARES = 10**5 * ETHER, 10**6 * ETHER, 10**6 * ETHER


def deposit_tokens(random: Random, count: int, users: int, *, contract: str, function: str) -> PlannedBlock:
    """Return deposits of users in one vault, or requests for them."""
    vault = load_contract(contract)
    calls = []
    given: Counter[str] = Counter()
    for _ in range(count):
        giver, amount = user(pick(random, users)), random.randint(1, 9) * ETHER
        given[giver] += amount
        arguments = (amount, address_named(giver)) if function == "deposit" else (amount,)
        calls.append(PlannedCall(giver, VAULT, vault.call_data(function, *arguments)))
    people = tuple(given)
    totals = {"totalIdle": IDLE, "totalDebt": DEBT, "totalSupply": SHARES}
    storage = variables(vault, {"asset": ASSET, "other": OTHER, "pool": POOL, **totals})
    token = token_account(
        {address_named(giver): FORTUNE for giver in people} | {VAULT: IDLE},
        {(address_named(giver), VAULT): FORTUNE for giver in people},
    )
    return PlannedBlock(
        tuple(calls), {"vault's asset": (ASSET, token), "yield vault": (VAULT, account(vault, storage))}
    )


APPLICATIONS = (
    Application(
        "vault-deposit",
        "Users give tokens to a yield vault, for shares.",
        "totalIdle and totalSupply, and the vault's balance of the token",
        deposit_tokens,
        {"contract": "yield_vault", "function": "deposit"},
    ),
    Application(
        "vault-request",
        "Users say what a yield vault may take from them; its keeper takes it in another block.",
        "nothing: a user who asks twice",
        deposit_tokens,
        {"contract": "yield_vault_requests", "function": "requestDeposit"},
    ),
)
