"""A binary Merkle tree as contracts check it: one hash over many leaves, and a short path from each leaf to it.

Zeros fill the lowest row up to a power of two.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.crypto import keccak256
from toyevm.types import Hash32


def merkle_root(leaves: Sequence[Hash32]) -> Hash32:
    """Return the one hash above all leaves, of which there must be some.

    >>> a, b, c = bytes(31) + b"a", bytes(31) + b"b", bytes(31) + b"c"
    >>> merkle_root([a, b, c]) == keccak256(keccak256(a + b) + keccak256(c + bytes(32)))
    True
    """
    return _rows(leaves)[-1][0]


def merkle_path(leaves: Sequence[Hash32], index: int) -> tuple[Hash32, ...]:
    """Return the sibling of each hash on the way from a leaf to the root, lowest first."""
    return tuple(row[index >> height ^ 1] for height, row in enumerate(_rows(leaves)[:-1]))


def root_above(leaf: Hash32, index: int, path: Sequence[Hash32]) -> Hash32:
    """Return the root to which a path leads from a leaf."""
    node = leaf
    for height, sibling in enumerate(path):
        node = keccak256(sibling + node if index >> height & 1 else node + sibling)
    return node


def _rows(leaves: Sequence[Hash32]) -> list[list[Hash32]]:
    width = 1 << (len(leaves) - 1).bit_length()
    rows = [[*leaves, *[bytes(32)] * (width - len(leaves))]]
    while len(row := rows[-1]) > 1:
        rows.append([keccak256(row[i] + row[i + 1]) for i in range(0, len(row), 2)])
    return rows
