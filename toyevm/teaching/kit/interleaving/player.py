"""A player for schedules: you say which move of which transaction comes next, and see what becomes of the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError
from toyevm.simulation.interleaver import NO_RULES, Play, Rules, play
from toyevm.simulation.notation import Move, letter
from toyevm.state import WorldState
from toyevm.teaching.kit.interleaving.scene import InterleavingScene
from toyevm.teaching.kit.interleaving.view import show_interleaving
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.types import Location


class InterleavingPlayer(Player):
    """Run the transactions of a small block in halves or single steps, in the order you type or press.

    Everything the widget can do, a call does too: `play("A1 B1 A2 B2")`; `text` is what it shows, in words. The
    schedule is all that somebody else needs to see the same.

    Args:
        titles: what the transactions do, in block order.
        watched: the locations to follow, with their names; `toyevm.balances` makes a common choice. Single steps stop
            at these.
        rules: what the executor insists on; by default, on nothing.
        single_steps: whether there are buttons for them.

    Raises:
        InputError: a block with no or too many transactions, or ipywidgets is not installed.
    """

    NAME, INSTEAD = "the player", "show_interleaving works without it"

    def __init__(
        self,
        pre: WorldState,
        block: Block,
        titles: Sequence[str],
        watched: Mapping[Location, str],
        schedule: str = "",
        chain: ChainConfig = MAINNET,
        rules: Rules = NO_RULES,
        single_steps: bool = False,
    ) -> None:
        self.pre, self.block, self.chain, self.rules, self.single_steps = pre, block, chain, rules, single_steps
        self.titles, self.watched = tuple(titles), dict(watched)
        self.result: Play = play(pre, block, schedule, chain, rules, self.watched)
        super().__init__()

    @property
    def schedule(self) -> str:
        """The moves that were played, in order."""
        return self.result.schedule

    @property
    def picture(self) -> Picture:
        return show_interleaving(InterleavingScene(self.result, self.titles, self.watched))

    def play(self, schedule: str) -> Play:
        """Play a schedule, or the beginning of one, and show it.

        Raises:
            InputError: a schedule that cannot be read or played; what was shown stays.
        """
        self.result = play(self.pre, self.block, schedule, self.chain, self.rules, self.watched)
        self._field.value = self.schedule
        self._show()
        return self.result

    def play_as_far(self, schedule: str) -> str:
        """Play as much of a schedule as can be played, show it, and return what is wrong with the rest, or ""."""
        words, problem = schedule.replace(",", " ").split(), ""
        while True:
            try:
                self.play(" ".join(words))
                return problem
            except InputError as error:
                if not words:
                    raise
                problem = problem or str(error)
                words.pop()

    def _controls(self) -> Sequence[Sequence[Any]]:
        self._field = self._text("schedule", "A1 B1 A2 B2", "320px", lambda: self.schedule, self.play)
        wanted = ["half"] + ["step"] * self.single_steps
        self._next = {
            (tx_index, kind): self._button(
                f"next {kind} of {letter(tx_index)}",
                f"let {letter(tx_index)} do what it does next",
                partial(self._advance, tx_index, kind),
            )
            for tx_index in range(len(self.titles))
            for kind in wanted
        }
        self._undo = self._button("take back", "take the last move back", self._take_back)
        return [[self._field, *self._next.values(), self._undo]]

    def _take_back(self) -> None:
        self.play(self.schedule[:-2].strip())

    def _advance(self, tx_index: int, kind: str) -> None:
        move = self._next_move(tx_index, kind)
        if move is not None:
            self.play(f"{self.schedule} {move}")

    def _next_move(self, tx_index: int, kind: str) -> Move | None:
        moves = self.result.missing if kind == "half" else self.result.next_steps
        return next((move for move in moves if move.tx_index == tx_index), None)

    def _show(self) -> None:
        for which, pressed in self._next.items():
            pressed.disabled = self._next_move(*which) is None
        super()._show()
