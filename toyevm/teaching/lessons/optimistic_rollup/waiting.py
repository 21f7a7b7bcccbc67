"""Who is kept out of L1, for how long, and what becomes of a false claim: the real game about the mixed block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import PlainBoard, resolve_all
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.dispute_contract import AIR_GAP
from toyevm.rollups.optimistic.game import CLOCK, DAY, DisputeGame, GameTerms, new_game
from toyevm.rollups.optimistic.moves import GameMove
from toyevm.rollups.optimistic.verifier import verifier_of
from toyevm.teaching.lessons.optimistic_rollup.disputes import CHALLENGER, PROPOSER, race
from toyevm.units import ETHER

STOLEN, SAFE = "stolen", "safe"
HOUR, NEVER = 3_600, 10**9  # seconds
PATIENCE = 14 * 24  # hours until all is over


class KeptOut(Challenger):
    """An honest challenger none of whose moves comes into a block of L1 for so long, counted from when they want to.

    Args:
        delays: seconds for the first move, the second, and so on; none for all that follow.
    """

    def __init__(self, trace: BlockStates, delays: tuple[int, ...]) -> None:
        super().__init__(trace)
        self._delays, self._made, self._waits_since = delays, 0, -1

    def moves(self, game: DisputeGame, now: int) -> Iterator[GameMove]:
        """Yield what gets through."""
        found = list(super().moves(game, now))
        if not found:
            return
        if self._waits_since < 0:
            self._waits_since = now
        delay = self._delays[self._made] if self._made < len(self._delays) else 0
        if now - self._waits_since >= delay:
            self._made, self._waits_since = self._made + 1, -1
            yield from found


@dataclass(frozen=True)
class CensoredDispute:
    """What became of the false claim.

    Attributes:
        moves: how many moves of the challenger L1 has taken.
        days: when it took the last of them.
    """

    outcome: str
    moves: int
    days: float
    bond: int


CASES: Mapping[str, tuple[int, ...]] = {
    "two": (2 * DAY,),
    "four": (4 * DAY,),
    "twice": (2 * DAY, 2 * DAY),
    "L2": (),
}


@cache
def kept_out(delays: tuple[int, ...]) -> CensoredDispute:
    """Play the dispute about the race with a challenger who is kept out for so long; NEVER: there is none."""
    case = race()
    lie = BlockStates(case.posted)
    game = new_game(GameTerms(lie.items), case.trace.states[0].hash, lie.after(lie.items), PROPOSER, now=0)
    board = PlainBoard(game, verifier_of(case.trace))
    players = {CHALLENGER: KeptOut(BlockStates(case.trace), delays), PROPOSER: Challenger(lie)}
    taken: list[int] = []
    for _ in range(PATIENCE):
        for name, player in players.items():
            moves = list(player.moves(board.game, board.now))
            accepted = [not board.move(name, move) for move in moves]
            taken += [board.now] * sum(accepted) * (name == CHALLENGER)
        board.wait(HOUR)
    resolve_all(board, CHALLENGER)
    outcome = STOLEN if board.game.is_defended else SAFE
    return CensoredDispute(outcome, len(taken), max(taken, default=0) / DAY, board.game.root.bond)


def nobody_objects() -> str:
    """Return what L1 does with a false claim that nobody disputes."""
    kept = kept_out((NEVER,))
    end = "stands" if kept.outcome == STOLEN else "falls"
    return (
        f"{CLOCK / DAY} days, {kept.moves} moves, 0 steps run by L1. The claim {end}, and the bond of "
        f"{kept.bond / ETHER:.2f} ether goes back to the proposer. After "
        f"{AIR_GAP / DAY} days more, the bridge pays by it"
    )
