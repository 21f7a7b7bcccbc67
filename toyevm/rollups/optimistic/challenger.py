"""The honest player: counters whatever is wrong, on whichever side, and asks only for the states on its way.

A claim is good if it lies where the dispute is, its value is true, and it stands for what is true: against a wrong end
it opens a way, for a right end it answers. The player answers each claim that is not good, with the truth. That a liar
says one thing here and another there makes no difference: each answer needs only "agreed at lo, not at hi".
"""

from __future__ import annotations

from collections.abc import Iterator

from toyevm.rollups.optimistic.block_states import StateTrace
from toyevm.rollups.optimistic.claims import ANCHOR, ROOT, ItemClaim
from toyevm.rollups.optimistic.game import DisputeGame, DisputeStage
from toyevm.rollups.optimistic.moves import GameMove, MoveKind


class Challenger:
    """Someone who plays by a trace. By the true one, they are honest; by another, a liar who stays with a story.

    Args:
        trace: what they hold to be true.
    """

    def __init__(self, trace: StateTrace) -> None:
        self.trace = trace

    def moves(self, game: DisputeGame, now: int) -> Iterator[GameMove]:
        """Yield an answer to each claim that is not good and has none."""
        for number in range(ROOT, len(game.claims)):
            claim = game.claims[number]
            is_open = claim.countered_by is None and not claim.is_resolved
            if is_open and game.time_used(number, now) < game.terms.clock and self.is_placed(game, number):
                yield from self._answer(game, number)

    def is_true(self, game: DisputeGame, number: int) -> bool:
        """Tell whether a claim says what the trace says."""
        claim = game.claims[number]
        if claim.item is not None:
            return claim.state == self.trace.state(claim.item, claim.at)
        own = self.trace.after(claim.at)
        return claim.state == own.state and (claim.at > self.trace.items or claim.height >= own.height)

    def is_placed(self, game: DisputeGame, number: int) -> bool:
        """Tell whether a dispute lies where a claim is: what it takes for agreed must be true."""
        lo = game.claims[number].lo
        return number == ANCHOR or (self.is_placed(game, lo) and self.is_true(game, lo))

    def is_good(self, game: DisputeGame, number: int) -> bool:
        """Tell whether a claim deserves no answer."""
        claim = game.claims[number]
        if not self.is_true(game, number) or not claim.hi:
            return self.is_true(game, number)
        stands_for_hi = (claim.depth - game.claims[claim.hi].depth) % 2 == 0
        return stands_for_hi == self.is_true(game, claim.hi)

    def _answer(self, game: DisputeGame, number: int) -> Iterator[GameMove]:
        if self.is_good(game, number):
            return
        is_attack, stage = not self.is_true(game, number), game.stage(number)
        lo, hi, item, at = game.middle(number, is_attack)
        is_decided = stage is DisputeStage.ITEM and game.is_decided(lo, hi)
        if is_decided or stage is DisputeStage.STEP:
            yield self._proof(game, number, is_attack)
            return
        claim = self.trace.after(at) if item is None else ItemClaim(self.trace.state(item, at))
        answers = [game.claims[each] for each in game.children.get(number, ())]
        made = [one for one in answers if one.is_attack == is_attack and one.state == claim.state]
        if not any(one.height >= claim.height for one in made):
            yield GameMove(MoveKind.ATTACK if is_attack else MoveKind.DEFEND, number, claim)

    def _proof(self, game: DisputeGame, number: int, is_attack: bool) -> GameMove:
        begin = game.claims[game.interval(number, is_attack)[0]]
        item, at = (begin.at, 0) if begin.item is None else (begin.item, begin.at)
        witness, posted = self.trace.evidence(item, at) if item < game.terms.items else (b"", b"")
        kind = MoveKind.PROVE_ATTACK if is_attack else MoveKind.PROVE_DEFENCE
        return GameMove(kind, number, witness=witness, posted=posted)
