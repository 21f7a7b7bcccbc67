"""How a schedule of small steps is written down, so that somebody else can replay it: "A1 B1 A2 B2", "Ar Br Aw".

The letter says which transaction. "1" is the half in which it runs, reads and works out what to write; "2" the half in
which it writes; "r" and "w" are a single read and a single write.
"""

from __future__ import annotations

import re
from string import ascii_uppercase
from typing import NamedTuple

from toyevm.errors import InputError
from toyevm.types import Version

LETTERS = ascii_uppercase  # one for each transaction
RUN, WRITE, ONE_READ, ONE_WRITE = "1", "2", "r", "w"


class Move(NamedTuple):
    """What a transaction does next: a half (it runs, it writes), or a single read or write of it."""

    tx_index: int
    kind: str

    @property
    def is_single(self) -> bool:
        return self.kind in (ONE_READ, ONE_WRITE)

    @property
    def runs(self) -> bool:
        return self.kind in (RUN, ONE_READ)

    def __str__(self) -> str:
        return f"{letter(self.tx_index)}{self.kind}"


def letter(tx_index: int) -> str:
    """Return the name of a transaction in a schedule.

    >>> letter(0), letter(2)
    ('A', 'C')
    """
    return LETTERS[tx_index]


def version_name(version: Version) -> str:
    """Return the name of an attempt.

    >>> version_name(Version(1, 0)), version_name(Version(-1)), version_name(Version(26, 2))
    ('B.0', 'before', '26.2')
    """
    tx_index, incarnation = version
    if tx_index < 0:
        return "before"
    return f"{letter(tx_index) if tx_index < 26 else tx_index}.{incarnation}"


def read_schedule(text: str, count: int) -> tuple[Move, ...]:
    """Read a schedule of `count` transactions, or the beginning of one: "A1 B1 A2 B2", "Ar B1 B2 Ar A2".

    Raises:
        InputError: a word that is no move; more transactions than there are letters.

    >>> [str(move) for move in read_schedule("a1, bR a2", count=2)]
    ['A1', 'Br', 'A2']
    """
    if not 1 <= count <= len(LETTERS):
        raise InputError(f"{count} transactions", "schedule", f"1 to {len(LETTERS)}, one for each letter")
    last = letter(count - 1)
    moves: list[Move] = []
    for word in re.split(r"[\s,]+", text.strip().upper()) if text.strip() else []:
        if not re.fullmatch(rf"[A-{last}][12RW]", word):
            expected = f"A1, A2 and so on up to {last}2, or single steps Ar, Aw"
            raise InputError(f"{word!r} is no half or step of a transaction", "schedule", expected)
        moves.append(Move(LETTERS.index(word[0]), word[1].lower()))
    return tuple(moves)
