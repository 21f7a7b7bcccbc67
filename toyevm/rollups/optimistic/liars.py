"""Strategies of liars: what they claim to have computed, and how they behave when somebody disputes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import GamePlayer
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import ROOT, ItemClaim
from toyevm.rollups.optimistic.corruptions import (
    Corruption,
    corrupt_gas,
    corrupt_log,
    corrupt_memory,
    corrupt_stack,
    corrupt_storage,
    halt_early,
)
from toyevm.rollups.optimistic.game import DisputeGame, DisputeStage
from toyevm.rollups.optimistic.lying_states import LyingStates, lie_about
from toyevm.rollups.optimistic.moves import GameMove, MoveKind

MOST_FLOODED = 60  # claims of who wants to drown the others
HUGE = 20_000  # bytes of a witness


class Silent(Challenger):
    """Makes one claim and is not heard of again."""

    def moves(self, game: DisputeGame, now: int) -> Iterator[GameMove]:
        """Yield what is done now."""
        if len(game.claims) == ROOT + 1:
            yield from super().moves(game, now)


class Crashing(Challenger):
    """Plays as others do, until L1 is to do the step: its witnesses are bytes of nothing."""

    def moves(self, game: DisputeGame, now: int) -> Iterator[GameMove]:
        """Yield what is done now."""
        for move in super().moves(game, now):
            rng = Random(now + move.against)
            yield move._replace(witness=rng.randbytes(rng.randrange(200))) if is_proof(move) else move


class StoryChanger(Challenger):
    """Says something new each time: what it claims does not fit what it has claimed before."""

    def moves(self, game: DisputeGame, now: int) -> Iterator[GameMove]:
        """Yield what is done now."""
        for number in range(ROOT, len(game.claims)):
            rng = Random(now + number)
            if is_answered(game, number) or game.claims[number].is_resolved:
                continue
            if game.stage(number) is DisputeStage.STEP:
                yield GameMove(rng.choice((MoveKind.PROVE_ATTACK, MoveKind.PROVE_DEFENCE)), number, witness=b"\1\0")
            else:
                yield GameMove(rng.choice((MoveKind.ATTACK, MoveKind.DEFEND)), number, made_up(rng))


class Freeloader(Challenger):
    """Answers its own lie too, as the first and with nonsense, to win back its own bond."""

    def moves(self, game: DisputeGame, now: int) -> Iterator[GameMove]:
        """Yield what is done now."""
        if len(game.claims) == ROOT + 1:
            yield GameMove(MoveKind.ATTACK, ROOT, made_up(Random(now)))
        yield from super().moves(game, now)


class Flooder(Challenger):
    """Drowns the game in claims, and L1 in witnesses that are too long."""

    height = 8

    def moves(self, game: DisputeGame, now: int) -> Iterator[GameMove]:
        """Yield what is done now."""
        rng = Random(now)
        for number in range(ROOT, len(game.claims)):
            if len(game.claims) < MOST_FLOODED:
                yield GameMove(rng.choice((MoveKind.ATTACK, MoveKind.DEFEND)), number, made_up(rng, self.height))
            if game.stage(number) is DisputeStage.STEP and not game.claims[number].countered_by:
                yield GameMove(MoveKind.PROVE_ATTACK, number, witness=rng.randbytes(HUGE))
        yield from super().moves(game, now)


def is_proof(move: GameMove) -> bool:
    return move.kind in (MoveKind.PROVE_ATTACK, MoveKind.PROVE_DEFENCE)


def is_answered(game: DisputeGame, number: int) -> bool:
    return number in game.children or game.claims[number].countered_by is not None


def made_up(rng: Random, height: int = 4) -> ItemClaim:
    """Return a claim about nothing."""
    return ItemClaim(rng.randbytes(32), height)


class LiarKind(NamedTuple):
    """A way to lie: what about (None: hashes of nothing), and how it behaves."""

    corruption: Corruption | None
    behaviour: Callable[[LyingStates], GamePlayer]


LIARS: dict[str, LiarKind] = {
    "stack": LiarKind(corrupt_stack, Challenger),
    "memory": LiarKind(corrupt_memory, Challenger),
    "gas": LiarKind(corrupt_gas, Challenger),
    "storage": LiarKind(corrupt_storage, Challenger),
    "log": LiarKind(corrupt_log, Challenger),
    "early halt": LiarKind(halt_early, Challenger),
    "garbage tail": LiarKind(None, Challenger),
    "changes its story": LiarKind(corrupt_gas, StoryChanger),
    "silent": LiarKind(corrupt_storage, Silent),
    "crash": LiarKind(corrupt_stack, Crashing),
    "freeloader": LiarKind(corrupt_gas, Freeloader),
    "denial of service": LiarKind(None, Flooder),
}


class LiarAtWork(NamedTuple):
    """A liar with what it claims."""

    states: LyingStates
    player: GamePlayer


def liar_of(kind: str, truth: BlockStates, rng: Random) -> LiarAtWork:
    """Return a liar of this kind, about a place of this block."""
    corruption, behaviour = LIARS[kind]
    states = lie_about(truth, corruption, rng)
    return LiarAtWork(states, behaviour(states))
