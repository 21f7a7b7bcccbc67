"""Seeded batches of payments to prove, for tests and measurements."""

from __future__ import annotations

from random import Random

from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import BRIDGE, AccountLeaf, ProvenPayment

FIRST_BALANCE = 1_000_000


def random_accounts(random: Random, count: int = 100) -> AccountTree:
    """Return accounts 1 to `count`, each with a balance of its own."""
    return AccountTree(
        {account: AccountLeaf(FIRST_BALANCE + account, random.randrange(5)) for account in range(1, count + 1)}
    )


def random_payments(random: Random, tree: AccountTree, count: int, accounts: int = 100) -> list[ProvenPayment]:
    """Return payments that can be made: deposits, withdrawals, to oneself, to accounts that are new."""
    nonces = {account: leaf.nonce for account, leaf in tree.leaves.items()}
    found = []
    for _ in range(count):
        payer = random.choice([BRIDGE, *range(1, accounts + 1)])
        payee = random.choice([BRIDGE, payer, random.randint(1, accounts), random.randint(1, 2**14 - 1)])
        nonce = None if payer == BRIDGE else nonces[payer]
        if nonce is not None:
            nonces[payer] += 1
        found.append(ProvenPayment(payer, payee, random.choice([0, 1, random.randrange(FIRST_BALANCE // 100)]), nonce))
    return found
