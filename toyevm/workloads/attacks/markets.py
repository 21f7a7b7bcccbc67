"""Pools and two tokens for attacks on trades: the market maker of the applications, with small round reserves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from toyevm.contracts import Contract, load_contract
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications.amm.workload import DAI, WETH, pool_account
from toyevm.workloads.planned_blocks import PlannedCall, address_named
from toyevm.workloads.tokens import token_account

POOL: Address = b"\xbe" * 20
OTHER_POOL: Address = b"\xbf" * 20
FORTUNE = 10**6 * ETHER  # of each token, that everybody has who trades

__all__ = ["DAI", "OTHER_POOL", "POOL", "WETH", "market", "swap"]


def swap(sender: str, pool: Address, sells_dai: bool, amount: int, least: int = 0) -> PlannedCall:
    """Return a call that sells an amount of DAI, or of WETH, for at least `least` of the other."""
    return PlannedCall(sender, pool, load_contract("amm").call_data("swap", int(sells_dai), amount, least))


def market(
    amm: Contract, calls: Sequence[PlannedCall], pools: Mapping[str, tuple[Address, int, int]]
) -> dict[str, tuple[Address, Account]]:
    """Return pools, by name, with these reserves, and both tokens: callers have a fortune, and let pools take it."""
    contracts = {name: (address, pool_account(amm, *reserves)) for name, (address, *reserves) in pools.items()}
    for side, (name, token) in enumerate((("DAI", DAI), ("WETH", WETH))):
        balances = Counter({address_named(call.sender): FORTUNE for call in calls})
        balances |= {address: reserves[side] for address, *reserves in pools.values()}
        contracts[name] = (token, token_account(balances, {(address_named(c.sender), c.to): FORTUNE for c in calls}))
    return contracts
