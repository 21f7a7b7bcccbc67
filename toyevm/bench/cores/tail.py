"""The serial tail: what comes after the transactions, and what no plan makes faster: here, the state root.

This trie hashes all accounts anew each time. A client keeps its nodes, and hashes those on the paths that changed.
"""

from __future__ import annotations

from functools import partial
from statistics import median

from toyevm.bench.cores.grains import timed
from toyevm.state import Account, WorldState
from toyevm.types import Hash32


def serial_tail(world: WorldState, repeats: int = 3) -> float:
    """Return how many seconds the state root takes, from accounts that remember no hash; the median."""
    return median(timed(partial(_root_of, _forget(world))) for _ in range(repeats))


def _root_of(world: WorldState) -> Hash32:
    return world.root


def _forget(world: WorldState) -> WorldState:
    accounts = {
        address: Account(each.nonce, each.balance, each.code, each.storage) for address, each in world.accounts.items()
    }
    return WorldState(accounts)
