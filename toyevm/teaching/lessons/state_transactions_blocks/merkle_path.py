"""Which hashes of a small Merkle tree a path needs, and which ones the verifier makes.

Level 0 holds the fingerprints of the leaves; each level above is half as long; the last is the root alone.
"""

from __future__ import annotations

from collections.abc import Sequence

Levels = Sequence[Sequence[bytes]]


def path_roles(levels: Levels, leaf: int | None) -> list[list[str]]:
    """Return for each hash what it is to somebody who checks the path of `leaf`: leaf, given, made, or "".

    >>> path_roles([[b"a", b"b", b"c", b"d"], [b"ab", b"cd"], [b"abcd"]], 2)
    [['', '', 'leaf', 'given'], ['given', 'made'], ['made']]
    """
    roles = [[""] * len(level) for level in levels]
    if leaf is None:
        return roles
    for height, level in enumerate(roles):
        place = leaf >> height
        level[place] = "made" if height else "leaf"
        if len(level) > 1:
            level[place ^ 1] = "given"
    return roles
