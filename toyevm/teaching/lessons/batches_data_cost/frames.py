"""Frames by hand: what a batcher posts on L1, in letters, and which payments of L2 follow from it.

A batch is cut into pieces wherever it has to be. Each piece is a frame: the letter of its channel, its number, "!" for
the last one, and its text. The rules are those of the OP Stack since Holocene; the real frames are in `toyevm.rollups`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

SAVINGS = 100  # ether that everybody on the small L2 begins with
FORM = re.compile(r"([A-Z])(\d)(!?):(.*)", re.DOTALL)
PAYMENT = re.compile(r"([A-Z][a-z]+)>([A-Z][a-z]+) (\d{1,3})")

Posts = Mapping[int, Sequence[str]]  # L1 block -> what the batcher posted in it

MORNING: Posts = {
    100: ("A0:Ann>B",),
    101: ("A1!:ob 5", "B0:Bob>Cl"),
    102: ("B2!:eo 9", "B1!:eo 3"),
}
EVENING: Posts = {
    200: ("C0:Ann>B", "D1!:an 4", "C1!:ob 6", "C1!:ob 9"),
    201: ("E0:Eve>", "F0:Dan>Cleo 8", "#?x"),
    202: ("E1!:Dan 1", "F1!:0"),
    203: ("G0!:Cleo>Ann 700", "H0!:Cleo>Bob 2"),
}


class LetterFrame(NamedTuple):
    """A piece of a channel."""

    channel: str
    number: int
    is_last: bool
    text: str


def read_frame(post: str) -> LetterFrame | None:
    """Return the frame that a post is, or None where it is none.

    >>> read_frame("A1!:ob 5")
    LetterFrame(channel='A', number=1, is_last=True, text='ob 5')
    """
    found = FORM.fullmatch(post)
    return LetterFrame(found[1], int(found[2]), bool(found[3]), found[4]) if found else None


def assemble(frames: Iterable[LetterFrame | tuple[str, int, bool, str]]) -> list[str]:
    """Return the texts of the channels that are finished, in order: one channel is open at a time.

    >>> assemble([("A", 0, False, "Ann>B"), ("A", 1, True, "ob 5")])
    ['Ann>Bob 5']
    """
    done: list[str] = []
    channel, due, gathered = "", 0, ""
    for name, number, is_last, text in frames:
        if name != channel and number == 0:
            channel, due, gathered = name, 0, ""
        if name != channel or number != due:
            continue
        gathered, due = gathered + text, due + 1
        if is_last:
            done.append(gathered)
            channel = ""
    return done


def payable(payments: Iterable[str], savings: int = SAVINGS) -> list[str]:
    """Return the payments that are valid one after the other; the others are dropped."""
    balances: dict[str, int] = {}
    valid = []
    for text in payments:
        found = PAYMENT.fullmatch(text)
        if found and balances.setdefault(found[1], savings) >= int(found[3]):
            balances[found[1]] -= int(found[3])
            balances[found[2]] = balances.get(found[2], savings) + int(found[3])
            valid.append(text)
    return valid


def frames_of(posts: Posts) -> list[LetterFrame]:
    """Return the frames that were posted, in order; what is no frame is skipped."""
    frames = (read_frame(post) for _, block in sorted(posts.items()) for post in block)
    return [frame for frame in frames if frame]


def derive_by_hand(posts: Posts) -> list[str]:
    """Return the payments of the small L2 that follow from what was posted."""
    return payable(assemble(frames_of(posts)))
