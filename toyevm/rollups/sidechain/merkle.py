"""A binary Merkle tree over block headers: one hash for a whole range of blocks, and a short path from each to it.

A leaf is the hash of what an exit needs of a header: number, time, transactions root, receipts root, a word each. The
contract on L1 hashes four words again, and need not take a header in RLP apart. Polygon PoS does the same: on Ethereum
`keccak256(abi.encodePacked(blockNumber, blockTime, txRoot, receiptRoot))` (RootChainManager.sol, 0xPolygon/pos-portal,
read in 2026). As there, zeros fill the lowest row up to a power of two. The state root is in no leaf: a checkpoint says
what happened, not what the accounts are.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.blocks import Header
from toyevm.crypto import keccak256
from toyevm.types import Hash32


def header_leaf(header: Header) -> Hash32:
    """Return the leaf of a block: the hash of its number, time, transactions root and receipts root, a word each."""
    numbers = header.number.to_bytes(32, "big") + header.timestamp.to_bytes(32, "big")
    return keccak256(numbers + header.transactions_root + header.receipts_root)


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
