"""The dispute game, in plain Python: what the contract on L1 does, to be read first.

All moves, and what they lead to, are one table: `MOVES`. A game is a value; a move gives another.

    ITEMS   more than one item lies in the dispute          attack or defend: half of them are left
    ITEM    one item                                        attack or defend: half of its micro-steps are left
    STEPS   more than one micro-step                        attack or defend: half of them are left
    STEP    one micro-step                                  prove: L1 does the step itself
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.claims import ANCHOR, MAX_HEIGHT, ROOT, DisputeClaim, ItemClaim
from toyevm.rollups.optimistic.moves import MoveRefused
from toyevm.types import Hash32

DAY = 86_400
CLOCK = 7 * DAY // 2  # what each side has, in all
EXTENSION = 3 * 3_600  # what is left at least to who has to answer


class DisputeStage(StrEnum):
    """How much lies in the dispute when somebody answers a claim."""

    ITEMS = "items"
    ITEM = "one item"
    STEPS = "micro-steps"
    STEP = "one micro-step"


@dataclass(frozen=True)
class GameTerms:
    """What is fixed when a root is proposed: how many items there are, and how long each side has, in seconds."""

    items: int
    clock: int = CLOCK
    extension: int = EXTENSION

    @property
    def split(self) -> int:
        """The depth at which one item is left: ceil(log2 items)."""
        return (max(self.items, 1) - 1).bit_length()


Verifier = Callable[[int, Hash32, bytes, bytes], tuple[Hash32, bool]]
"""Item, state, witness, posted input -> the state after one micro-step, and whether the item is done then."""


class Middle(NamedTuple):
    """Two claims, and what lies halfway: so many items, or so many micro-steps of one item."""

    lo: int
    hi: int
    item: int | None
    at: int


@dataclass(frozen=True)
class DisputeGame:
    """A game: claim 0 is what everybody agrees on, claim 1 the root; `credits` are the bonds that were paid out."""

    terms: GameTerms
    claims: tuple[DisputeClaim, ...]
    children: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    credits: Mapping[str, int] = field(default_factory=dict)

    @property
    def root(self) -> DisputeClaim:
        return self.claims[ROOT]

    @property
    def is_over(self) -> bool:
        return self.root.is_resolved

    @property
    def is_defended(self) -> bool:
        """Whether the root stands; only to be asked when the game is over."""
        return self.root.countered_by is None

    def stage(self, number: int) -> DisputeStage:
        claim, split = self.claims[number], self.terms.split
        if claim.item is None:
            return DisputeStage.ITEMS if claim.depth < split else DisputeStage.ITEM
        return DisputeStage.STEPS if claim.depth < split + claim.height else DisputeStage.STEP

    def interval(self, number: int, is_attack: bool) -> tuple[int, int]:
        """Return the claims between which the dispute lies for who answers: agreed at the first, not at the second."""
        claim = self.claims[number]
        if not is_attack and not claim.hi:
            raise MoveRefused("nothing lies behind the root")
        return (claim.lo, number) if is_attack else (number, claim.hi)

    def middle(self, number: int, is_attack: bool) -> Middle:
        """Return what who answers a claim is asked for: the state halfway between the two ends."""
        lo, hi = self.interval(number, is_attack)
        begin, end = self.claims[lo], self.claims[hi]
        match self.stage(number):
            case DisputeStage.ITEMS:
                return Middle(lo, hi, None, (begin.at + end.at) // 2)
            case DisputeStage.ITEM:
                return Middle(lo, hi, begin.at, 2**end.height // 2)
            case _:
                first = 0 if begin.item is None else begin.at
                last = 2**end.height if end.item is None else end.at
                return Middle(lo, hi, self.claims[number].item, (first + last) // 2)

    def is_decided(self, lo: int, hi: int) -> bool:
        """Tell whether nothing is left to halve between two claims one item apart: then a proof decides at once."""
        begin, end = self.claims[lo], self.claims[hi]
        return begin.at >= self.terms.items or end.height == 0

    def time_used(self, number: int, now: int) -> int:
        """Return how many seconds the side that would answer a claim has used."""
        claim = self.claims[number]
        return self.claims[claim.parent].used + now - claim.since


def new_game(terms: GameTerms, before: Hash32, root: ItemClaim, proposer: str, now: int) -> DisputeGame:
    """Return the game about a proposed root, on a block that begins in the state `before`."""
    anchor = DisputeClaim(0, False, 0, 0, None, 0, before, 0, 0, proposer, 0, 0, now, is_resolved=True)
    if root.height > MAX_HEIGHT:
        raise MoveRefused("too high")
    at = 2**terms.split
    top = DisputeClaim(ANCHOR, True, ANCHOR, 0, None, at, *root, 0, proposer, bond_at(0), 0, now)
    return DisputeGame(terms, (anchor, top))
