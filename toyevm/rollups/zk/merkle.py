"""Merkle trees over rows of field elements, and one opening for many rows.

A leaf is the hash of a row, four bytes an element, little-endian; leaves and nodes are hashed under different names, so
neither can pass for the other. An opening of many rows has each hash once, and none that follows from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from toyevm.rollups.zk.field import Elements, Rows
from toyevm.rollups.zk.parallel import ALONE, Team

DIGEST = 32  # bytes; two equal hashes take 2^128 tries to find
SUBTREES = 64  # that the leaves of a large tree are shared out in

Digests = npt.NDArray[np.uint8]


_LEAF = blake2b(digest_size=DIGEST, person=b"toyevm leaf")  # a copy of these takes half the time of a new one
_NODE = blake2b(digest_size=DIGEST, person=b"toyevm node")


def hash_leaf(row: bytes | memoryview[int]) -> bytes:
    """Return the hash of a row's bytes."""
    hasher = _LEAF.copy()
    hasher.update(row)
    return hasher.digest()


def hash_node(children: bytes | memoryview[int]) -> bytes:
    """Return the hash of a node with these children, one after the other."""
    hasher = _NODE.copy()
    hasher.update(children)
    return hasher.digest()


def pack(rows: Elements) -> Rows:
    """Return rows of elements as they are hashed and sent: four bytes each."""
    return np.ascontiguousarray(rows, dtype="<u4")


@dataclass(frozen=True)
class MerkleTree:
    """All levels of a tree over rows, from the leaves up to the root."""

    levels: tuple[Digests, ...]

    @property
    def root(self) -> bytes:
        """Return the hash that stands for all rows."""
        root: bytes = self.levels[-1][0].tobytes()
        return root

    def open(self, indices: Sequence[int]) -> list[bytes]:
        """Return the hashes that, with the rows at these indices, lead to the root: level by level, left to right."""
        known, hashes = sorted(set(indices)), []
        for level in self.levels[:-1]:
            there = set(known)
            hashes += [level[i ^ 1].tobytes() for i in known if i ^ 1 not in there]
            known = sorted({i // 2 for i in known})
        return hashes


def build_tree(rows: Rows, team: Team = ALONE) -> MerkleTree:
    """Return the tree over rows; their number is a power of two."""
    size = rows.shape[0]
    if size < 1 or size & (size - 1):
        raise ValueError(f"a tree has a power of two of rows, not {size}")
    levels = [team.array((size >> k, DIGEST), np.uint8) for k in range(size.bit_length())]
    team.share(lambda some: _grow(levels, rows, some), min(size, SUBTREES))
    for k in range(len(levels)):
        if len(levels[k]) < SUBTREES and k:
            levels[k][:] = _hashes(hash_node, levels[k - 1].reshape(-1, 2 * DIGEST))
    return MerkleTree(tuple(levels))


def _grow(levels: list[Digests], rows: Rows, some: slice) -> None:
    """Fill in some of the subtrees that a tree is cut into, each whole: nobody else's nodes are needed."""
    count = min(len(rows), SUBTREES)
    for k, level in enumerate(levels[: (len(rows) // count).bit_length()]):
        each = len(level) // count
        part = slice(some.start * each, some.stop * each)
        below = levels[k - 1].reshape(-1, 2 * DIGEST)[part] if k else rows[part]
        level[part] = _hashes(hash_node if k else hash_leaf, below)


def _hashes(hasher: Callable[[memoryview[int]], bytes], rows: Rows | Digests) -> Digests:
    flat = rows.reshape(-1).view(np.uint8).data  # a view: no row is copied to be hashed
    step = len(flat) // len(rows)
    hashes = b"".join([hasher(flat[start : start + step]) for start in range(0, len(flat), step)])
    return np.frombuffer(hashes, dtype=np.uint8).reshape(-1, DIGEST)


def opening_size(size: int, indices: Sequence[int]) -> int:
    """Return the number of hashes that an opening of these indices has: it follows from the indices alone."""
    known, count = set(indices), 0
    while size > 1:
        count += sum(i ^ 1 not in known for i in known)
        known, size = {i // 2 for i in known}, size // 2
    return count


def largest_opening(size: int, most: int) -> int:
    """Return the most hashes that an opening of at most `most` rows can have."""
    return max(_apart(size, count) for count in range(1, min(size, most) + 1))


@cache
def _apart(size: int, count: int) -> int:
    """Return how many hashes an opening has whose rows lie as far apart as they can: no other has more."""
    if count <= 1 or size == 1:
        return (size.bit_length() - 1) * count
    return _apart(size // 2, count // 2) + _apart(size // 2, count - count // 2)


def root_of(size: int, rows: dict[int, bytes], hashes: Sequence[bytes]) -> bytes | None:
    """Return the root that rows (their bytes, by index) and hashes lead to; None if these are too few or many."""
    known = {index: hash_leaf(row) for index, row in sorted(rows.items())}
    if not known or len(hashes) != opening_size(size, list(known)):
        return None
    rest = iter(hashes)
    while size > 1:
        full = {i ^ 1: next(rest) for i in known if i ^ 1 not in known} | known
        known = {i // 2: hash_node(full[i & ~1] + full[i | 1]) for i in known}
        size //= 2
    return known[0]
