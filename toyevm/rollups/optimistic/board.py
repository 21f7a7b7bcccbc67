"""Where a game is played: players move in turn, time passes, claims are resolved. L1 is another such place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from toyevm.rollups.optimistic.claims import ROOT
from toyevm.rollups.optimistic.game import DisputeGame, Verifier
from toyevm.rollups.optimistic.moves import GameMove, MoveKind, MoveRefused
from toyevm.rollups.optimistic.rules import play

TURN = 600  # seconds that a player takes to answer
MOST_TURNS = 400


class GamePlayer(Protocol):
    """Somebody who looks at a game and makes moves."""

    def moves(self, game: DisputeGame, now: int) -> Iterable[GameMove]:
        """Yield the moves to be made now."""
        ...


class Board(Protocol):
    """A game somewhere."""

    @property
    def game(self) -> DisputeGame:
        """The game as it stands."""
        ...

    @property
    def now(self) -> int:
        """The time, in seconds."""
        ...

    def move(self, player: str, move: GameMove) -> str:
        """Make a move, and return why it is refused; nothing if it is not."""
        ...

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        ...


class PlainBoard:
    """A game in memory."""

    def __init__(self, game: DisputeGame, verify: Verifier, now: int = 0) -> None:
        self.game, self.verify, self.now = game, verify, now

    def move(self, player: str, move: GameMove) -> str:
        """Make a move, and return why it is refused; nothing if it is not."""
        try:
            self.game = play(self.game, move, player, self.now, self.verify)
        except MoveRefused as error:
            return str(error)
        return ""

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds


def play_out(board: Board, players: Mapping[str, GamePlayer]) -> list[tuple[str, GameMove, str]]:
    """Let the players move until nobody does, let the clocks run out, resolve; return the moves, with the refusals."""
    made: list[tuple[str, GameMove, str]] = []
    for _ in range(MOST_TURNS):
        before = len(made)
        for name, player in players.items():
            made += [(name, move, board.move(name, move)) for move in list(player.moves(board.game, board.now))]
            board.wait(TURN)
        if all(reason for _, _, reason in made[before:]):
            break
    board.wait(board.game.terms.clock)
    resolve_all(board, next(iter(players)))
    return made


def resolve_all(board: Board, player: str) -> None:
    """Resolve every claim, the youngest first: an answer is younger than what it answers."""
    for number in range(len(board.game.claims) - 1, ROOT - 1, -1):
        board.move(player, GameMove(MoveKind.RESOLVE, number))


def returns(game: DisputeGame, players: Sequence[str]) -> dict[str, int]:
    """Return what each has won or lost in a game that is over, in wei."""
    paid = {name: sum(claim.bond for claim in game.claims if claim.claimant == name) for name in players}
    return {name: game.credits.get(name, 0) - paid[name] for name in players}
