"""What is claimed in a dispute: states between the items of a block, and states within one item.

Between items a claim is chained: each commitment covers the one before. Otherwise a lie could vanish again: of a
wrong log, or of a wrong balance that a later transaction overwrites, there would be nothing left at the end to dispute.

    O[0] = H(nothing, state before the block)        O[k+1] = H(O[k], state after item k)

Within an item the states need no chain: there the game only ever compares one step, from a state to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from toyevm.crypto import keccak256
from toyevm.types import ZERO_HASH, Hash32

MAX_HEIGHT = 40  # of the tree of micro-steps; a step costs some gas, so no item has 2**40
ANCHOR, ROOT = 0, 1


class ItemClaim(NamedTuple):
    """A claim about the state after an item.

    Attributes:
        link: the chained commitment before it.
        state: the hash of the state after it.
        height: it is reached within 2 ** height micro-steps.
    """

    link: Hash32
    state: Hash32
    height: int = 0

    @property
    def value(self) -> Hash32:
        """The chained commitment after it."""
        return chained(self.link, self.state)


def chained(link: Hash32, state: Hash32) -> Hash32:
    """Return the commitment that follows `link` if the next item leads to `state`."""
    return keccak256(link + state)


def anchor_of(state: Hash32) -> ItemClaim:
    """Return what is agreed before the block."""
    return ItemClaim(ZERO_HASH, state)


@dataclass(frozen=True)
class Claim:
    """A node of the game.

    Whoever makes it says that the dispute is between `lo` and `hi`, the numbers of two claims, and that `value` is what
    is right halfway. The root has no `hi`: nothing lies behind it.

    Attributes:
        parent: the claim that it answers.
        is_attack: it disputes what lies before its parent; if not, what lies behind.
        item: whose micro-steps the dispute is about; None while it is about several items.
        at: how many items are done, or micro-steps of the item.
        value: the chained commitment between items; the hash of the state within one.
        depth: how many moves lead from the root to it.
        used: seconds that its side of the game had used when it was made.
        since: when it was made.
        countered_by: who gets its bond; None while nobody does.
    """

    parent: int
    is_attack: bool
    lo: int
    hi: int
    item: int | None
    at: int
    value: Hash32
    link: Hash32
    state: Hash32
    height: int
    depth: int
    claimant: str
    bond: int
    used: int
    since: int
    countered_by: str | None = None
    is_resolved: bool = False
