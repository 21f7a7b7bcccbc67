"""What is claimed in a dispute: states between the items of a block, and states within one item.

Each is one hash. A state between items has in it the hash of the state before the item, so it speaks for all items so
far. Otherwise a lie could vanish again: of a wrong log, or of a wrong balance that a later transaction overwrites,
there would be nothing left at the end to dispute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from toyevm.types import ZERO_HASH, Hash32

MAX_HEIGHT = 40  # of the tree of micro-steps; a step costs some gas, so no item has 2**40
ANCHOR, ROOT = 0, 1


class ItemClaim(NamedTuple):
    """A claim about the state after an item, reached within 2 ** height micro-steps; within one, the state alone."""

    state: Hash32 = ZERO_HASH
    height: int = 0


@dataclass(frozen=True)
class DisputeClaim:
    """A node of the game.

    Whoever makes it says that the dispute is between `lo` and `hi`, the numbers of two claims, and that `state` is what
    is right halfway. The root has no `hi`: nothing lies behind it.

    Attributes:
        parent: the claim that it answers.
        is_attack: it disputes what lies before its parent; if not, what lies behind.
        item: whose micro-steps the dispute is about; None while it is about several items.
        at: how many items are done, or micro-steps of the item.
        state: the hash of the state there; between items, reached within 2 ** `height` micro-steps of the last.
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
    state: Hash32
    height: int
    depth: int
    claimant: str
    bond: int
    used: int
    since: int
    countered_by: str | None = None
    is_resolved: bool = False
