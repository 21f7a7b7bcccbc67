"""Many games of an honest player against liars: who wins, in how many rounds, at what price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from toyevm.chain import ChainConfig
from toyevm.forks import SHANGHAI
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.items import items_of
from toyevm.rollups.optimistic.block_states import BlockStates, ShownStep
from toyevm.rollups.optimistic.board import PlainBoard, play_out, returns
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.game import DisputeGame, GameTerms, new_game
from toyevm.rollups.optimistic.liars import LIARS, liar_of
from toyevm.rollups.optimistic.lying_states import LiePlace
from toyevm.rollups.optimistic.moves import GameMove
from toyevm.rollups.optimistic.verifier import verifier_of
from toyevm.workloads.transfers import to_many

HONEST, LIAR = "honest", "liar"
CHAIN = ChainConfig(fork=SHANGHAI)  # without system calls: an item is a transaction


@dataclass(frozen=True)
class PlayedGame:
    """What became of a game.

    Attributes:
        rounds: how often the dispute was halved.
        states: how many states within items the honest player has computed.
        shown: the steps that the honest player had the verifier do.
    """

    seed: int
    kind: str
    is_proposer: bool
    place: LiePlace
    game: DisputeGame
    rounds: int
    states: int
    shown: tuple[ShownStep, ...]
    moves: tuple[tuple[str, GameMove, str], ...]

    @property
    def honest_wins(self) -> bool:
        """Whether the root fell if it was a lie, and stands if it was not."""
        return self.game.is_over and self.game.is_defended != self.is_proposer

    @property
    def returns(self) -> dict[str, int]:
        return returns(self.game, (HONEST, LIAR))


@lru_cache(maxsize=4)
def token_block(transactions: int, seed: int) -> BlockTrace:
    """Return a block of ERC-20 transfers."""
    workload = to_many(transactions, seed, token=True)
    env = CHAIN.env(workload.block)
    return BlockTrace(workload.pre, env, tuple(items_of(env, workload.block)))


def play_game(trace: BlockTrace, kind: str, is_proposer: bool, seed: int) -> PlayedGame:
    """Play one game of an honest player against a liar of this kind, who proposes or disputes what is right."""
    rng, truth = Random(seed), BlockStates(trace)
    liar = liar_of(kind, truth, rng)
    own = BlockStates(trace)
    root = (liar.states if is_proposer else own).after(own.items)
    proposer = LIAR if is_proposer else HONEST
    game = new_game(GameTerms(own.items), trace.states[0].hash, root, proposer, now=0)
    board = PlainBoard(game, verifier_of(trace))
    made = play_out(board, {HONEST: Challenger(own), LIAR: liar.player})
    rounds = max(claim.depth for claim in board.game.claims)
    return PlayedGame(
        seed, kind, is_proposer, liar.states.place, board.game, rounds, len(own.hashes), tuple(own.shown), tuple(made)
    )


def play_games(transactions: int, games: int, seed: int) -> Iterator[PlayedGame]:
    """Yield games, each kind of liar in turn, once as the proposer and once as the one who disputes."""
    kinds, trace = tuple(LIARS), token_block(transactions, seed)
    for number in range(games):
        yield play_game(trace, kinds[number // 2 % len(kinds)], number % 2 == 0, seed * 1_000_003 + number)
