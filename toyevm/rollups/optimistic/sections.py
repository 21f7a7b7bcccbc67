"""The same search with more than one point a round: fewer rounds, more bytes.

In the game each move halves the dispute. Where a move names the states at k - 1 points, the other side picks the first
of k parts whose end it does not agree to, and one of k parts is left: Arbitrum's first protocol did so. Each round
costs a turn of somebody's clock; each point costs a hash on L1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

HASH_SIZE = 32


class SectionGame(NamedTuple):
    """What came of such a game: behind which step they differ, after how many rounds and bytes of hashes."""

    step: int
    rounds: int
    size: int


def play_sections(own: Callable[[int], bytes], other: Callable[[int], bytes], steps: int, parts: int) -> SectionGame:
    """Find a step behind which two players differ, of two who agree at 0 and not at `steps`.

    >>> play_sections(lambda at: b"a", lambda at: b"a" if at < 700 else b"b", 1024, parts=2)
    SectionGame(step=699, rounds=10, size=320)
    >>> play_sections(lambda at: b"a", lambda at: b"a" if at < 700 else b"b", 1024, parts=32)
    SectionGame(step=699, rounds=2, size=1984)
    """
    lo, width, rounds, size = 0, parts ** rounds_needed(steps, parts), 0, 0
    while width > 1:
        width, rounds, size = width // parts, rounds + 1, size + HASH_SIZE * (parts - 1)
        points = range(lo + width, lo + parts * width, width)
        named = [other(min(point, steps)) for point in points]
        agreed = (own(min(point, steps)) == hash_ for point, hash_ in zip(points, named, strict=True))
        lo += width * next((i for i, same in enumerate(agreed) if not same), parts - 1)
    return SectionGame(lo, rounds, size)


def rounds_needed(steps: int, parts: int) -> int:
    """Return ceil(log_k steps), in integers.

    >>> [rounds_needed(2**20, parts) for parts in (2, 4, 8, 16, 32)]
    [20, 10, 7, 5, 4]
    """
    rounds, reach = 0, 1
    while reach < steps:
        rounds, reach = rounds + 1, reach * parts
    return rounds
