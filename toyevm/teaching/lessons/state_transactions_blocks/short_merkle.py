"""A Merkle tree with hashes that are short enough to be read aloud: 4 bytes each, as 8 hexadecimal digits.

Leaves are balances, and an account is a position among them, from 0. Leaves and pairs are hashed with a word in front,
so that neither passes for the other. With 4 bytes, some 65,000 tries find two inputs with one hash: a real one
is safe because of its length.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.crypto import keccak256
from toyevm.errors import InputError

Step = Sequence[str]  # the side on which a sibling stands, "left" or "right", and its hash


def leaf_hash(balance: int) -> str:
    """Return the hash of a leaf.

    >>> leaf_hash(100)
    '4c0ab50e'
    """
    return _short(f"leaf {balance}")


def pair_hash(left: str, right: str) -> str:
    """Return the hash of two hashes; their order counts."""
    return _short(f"pair {left} {right}")


def levels_of(balances: Sequence[int]) -> list[list[str]]:
    """Return all hashes, from the leaves up to the root; the number of balances is a power of two."""
    if not balances or len(balances) & (len(balances) - 1):
        raise InputError(f"{len(balances)} balances", expected="1, 2, 4, 8, …")
    levels = [[leaf_hash(balance) for balance in balances]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([pair_hash(*below[i : i + 2]) for i in range(0, len(below), 2)])
    return levels


def honest_path(balances: Sequence[int], account: int) -> list[list[str]]:
    """Return the siblings of `account` from leaf to root, each with its side.

    >>> [side for side, _ in honest_path([7, 8, 9, 10], 2)]
    ['right', 'left']
    """
    path = []
    for level in levels_of(balances)[:-1]:
        path.append(["left" if account % 2 else "right", level[account ^ 1]])
        account //= 2
    return path


def weak_verify(root: str, account: int, balance: int, path: Sequence[Step]) -> bool:
    """Tell whether `account` has `balance`; so it says. It forgets a check."""
    digest = leaf_hash(balance)
    for side, sibling in path:
        digest = pair_hash(sibling, digest) if side == "left" else pair_hash(digest, sibling)
    return digest == root


def _short(words: str) -> str:
    return keccak256(words.encode()).hex()[:8]
