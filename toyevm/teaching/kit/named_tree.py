"""The tree above the leaves of a checkpoint, with names: h4 is the leaf of block 4, h45 the hash of h4 and h5.

`pair` remembers what it has hashed, so that a root which a student computes can be written down as they built it.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.types import Hash32

FIRST, LAST = 4, 7  # the blocks of the checkpoint in the lesson
MOST_REMEMBERED = 10_000
_made: dict[Hash32, tuple[Hash32, Hash32]] = {}


def pair(left: Hash32, right: Hash32) -> Hash32:
    """Return the hash of two hashes, the left one first.

    Raises:
        InputError: one of them is no hash.
    """
    for side in (left, right):
        if not isinstance(side, bytes) or len(side) != 32:
            raise InputError(f"pair was given {side!r:.60}", expected="two hashes of 32 bytes")
    hash_ = keccak256(left + right)
    if len(_made) < MOST_REMEMBERED:
        _made[hash_] = (left, right)
    return hash_


def leaves(count: int, first: int = FIRST) -> dict[str, Hash32]:
    """Return leaves of blocks by name, to try a function on."""
    return {f"h{number}": keccak256(b"block %d" % number) for number in range(first, first + count)}


def root_of(hashes: Sequence[Hash32]) -> Hash32:
    """Return the root above a power of two of leaves.

    >>> h = list(leaves(4).values())
    >>> root_of(h) == pair(pair(h[0], h[1]), pair(h[2], h[3]))
    True
    """
    row = list(hashes)
    while len(row) > 1:
        row = [pair(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def written(hash_: Hash32, names: dict[str, Hash32]) -> str:
    """Return how a hash was made out of named ones, such as "(h4 h5)", or "?" for one that nobody made.

    >>> h = leaves(2)
    >>> written(pair(h["h4"], h["h5"]), h), written(bytes(32), h)
    ('(h4 h5)', '?')
    """
    for name, known in names.items():
        if known == hash_:
            return name
    if hash_ not in _made:
        return "?"
    left, right = _made[hash_]
    return f"({written(left, names)} {written(right, names)})"


def joined(node: str, sibling: str) -> str | None:
    """Return the name of the hash of two nodes of the lesson's tree, or None if they do not stand side by side.

    >>> joined("h6", "h7"), joined("h45", "h67"), joined("h5", "h6")
    ('h67', 'h4567', None)
    """
    first, second = sorted((node[1:], sibling[1:]))
    whole = "".join(str(number) for number in range(FIRST, LAST + 1))
    at = whole.find(first + second)
    fits = first and len(first) == len(second) and at >= 0 and at % (2 * len(first)) == 0
    return f"h{first}{second}" if fits else None
