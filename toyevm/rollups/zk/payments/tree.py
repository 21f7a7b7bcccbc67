"""The accounts as a Merkle tree: a leaf is the hash of balance and nonce, a node the hash of its two children.

All hashes are Poseidon2. The tree has a place for each of 2^14 accounts; who has never had anything has an empty leaf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

import numpy as np

from toyevm.errors import InputError
from toyevm.rollups.zk.field import Elements, P, elements
from toyevm.rollups.zk.payments.moves import moves
from toyevm.rollups.zk.payments.values import (
    BRIDGE,
    CAPACITY,
    DEPTH,
    LIMIT,
    AccountDigest,
    AccountLeaf,
    ProvenPayment,
)
from toyevm.rollups.zk.poseidon2 import RATE, compress, compress_one


class AccountTree:
    """Accounts by number, and the tree over them. It does not change: `after` returns another one.

    Args:
        leaves: those that are not empty. The bridge has what is left of 2^28 - 1 units, if it is not there.

    Raises:
        InputError: a number, balance or nonce is out of its range, or there is more than the bridge can have given out.
    """

    def __init__(self, leaves: Mapping[int, AccountLeaf]) -> None:
        if BRIDGE not in leaves:
            leaves = {**leaves, BRIDGE: AccountLeaf(LIMIT - 1 - sum(leaf.balance for leaf in leaves.values()))}
        for index, leaf in leaves.items():
            if not (0 <= index < CAPACITY and 0 <= leaf.balance < LIMIT and 0 <= leaf.nonce < P):
                raise InputError(
                    f"account {index}: {leaf}", "accounts", f"numbers below {CAPACITY}, balances of 28 bits"
                )
        self.leaves = MappingProxyType(dict(leaves))
        self.levels = _levels(leaves)

    @property
    def root(self) -> AccountDigest:
        """The one hash that stands for all accounts."""
        return tuple(self.levels[DEPTH][0].tolist())

    def leaf(self, index: int) -> AccountLeaf:
        """Return what an account has; an empty leaf, if nobody ever paid it."""
        return self.leaves.get(index, AccountLeaf())

    def path(self, index: int) -> list[AccountDigest]:
        """Return the siblings on the way from an account to the root, the lowest first."""
        return [tuple(level[(index >> k) ^ 1].tolist()) for k, level in enumerate(self.levels[:DEPTH])]

    def after(self, payments: Iterable[ProvenPayment]) -> AccountTree:
        """Return the tree after some payments.

        Raises:
            InputError: one of them cannot be made.
        """
        changed = {move.account: move.new for move in moves(self.leaves, payments)}
        return AccountTree({**self.leaves, **changed})


def leaf_states(leaves: Sequence[AccountLeaf]) -> Elements:
    """Return what is hashed to the leaves: balance, nonce and fourteen zeros, one leaf a row."""
    states = np.zeros((len(leaves), 2 * RATE), dtype=np.uint64)
    states[:, :2] = elements(leaves)
    return states


def path_root(index: int, leaf: AccountLeaf, path: Sequence[AccountDigest]) -> AccountDigest:
    """Return the root that a leaf and the siblings on its way lead to."""
    node = compress_one([*leaf, *[0] * (RATE - 2)], [0] * RATE)
    for k, sibling in enumerate(path):
        node = compress_one(sibling, node) if index >> k & 1 else compress_one(node, sibling)
    return node


def _levels(leaves: Mapping[int, AccountLeaf]) -> list[Elements]:
    """Return all digests, from the leaves to the root; only what is over a leaf that is not empty is computed."""
    indices = np.array(sorted(leaves))
    states = leaf_states([leaves[index] for index in indices.tolist()])
    digests = compress(states[:, :RATE], states[:, RATE:])
    levels = []
    for k, empty in enumerate(_empty_digests()):
        level = np.repeat(empty[None], CAPACITY >> k, axis=0)
        level[indices] = digests
        levels.append(level)
        indices = np.unique(indices >> 1)
        if k < DEPTH:
            digests = compress(level[2 * indices], level[2 * indices + 1])
    return levels


@cache
def _empty_digests() -> list[Elements]:
    """Return the digest of an empty leaf, and of the empty trees over it."""
    found = [compress(elements([0] * RATE), elements([0] * RATE))]
    for _ in range(DEPTH):
        found.append(compress(found[-1], found[-1]))
    return found
