"""What can be done in a game, and how one is told that it cannot."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from toyevm.errors import ToyevmError
from toyevm.rollups.optimistic.claims import ItemClaim


class MoveKind(StrEnum):
    """What somebody does to a claim.

    Attack says: it is wrong, and here is what is right halfway before it. Defend says: it is right, what is wrong lies
    behind it, and here is what is right halfway there.
    """

    ATTACK = "attack"
    DEFEND = "defend"
    PROVE_ATTACK = "prove the step before it"
    PROVE_DEFENCE = "prove the step behind it"
    RESOLVE = "resolve"


class GameMove(NamedTuple):
    """A move against claim number `against`.

    `claim` goes with an attack or a defence; within an item only its state counts. `witness` goes with a proof, and
    `posted`, what a precompile needs besides (see `posted_input`).
    """

    kind: MoveKind
    against: int
    claim: ItemClaim = ItemClaim()
    witness: bytes = b""
    posted: bytes = b""


class MoveRefused(ToyevmError):
    """A move that the rules do not have; the reason is the one that the contract gives."""
