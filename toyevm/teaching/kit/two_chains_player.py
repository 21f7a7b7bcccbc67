"""Two chains with a reorg button: deposit on L1, credit on the sidechain, and take blocks of L1 back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.two_chains import TwoChains, read_moves
from toyevm.teaching.kit.two_chains_view import show_two_chains

BUTTONS = {
    "deposit": ("deposit", "Ann deposits 5 ether, in a new block of L1"),
    "block": ("L1 block", "an empty block of L1"),
    "credit": ("credit", "the sidechain makes a block, and credits the deposits that are deep enough"),
    "reorg1": ("reorg 1", "the last block of L1 is replaced by an empty one"),
    "reorg2": ("reorg 2", "the last two blocks of L1 are replaced by empty ones"),
    "reorg3": ("reorg 3", "the last three blocks of L1 are replaced by empty ones"),
}


class TwoChainsPlayer(Player):
    """Play with deposits, credits and reorgs.

    Everything the widget can do, a call does too: `play("deposit block block credit")`.

    Args:
        wait: how many blocks of L1 must lie on a deposit before the sidechain credits it.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the two chains", "show_two_chains works without it"

    def __init__(self, wait: int = 2) -> None:
        self.model = TwoChains(wait=wait)
        super().__init__()

    @property
    def moves(self) -> str:
        """The moves that were played, in order."""
        return " ".join(self.model.moves)

    @property
    def picture(self) -> Picture:
        return show_two_chains(self.model)

    def play(self, moves: str) -> None:
        """Play moves from the beginning.

        Raises:
            InputError: a move that cannot be read or made; what was shown stays.
        """
        played = TwoChains(read_moves(moves), self.model.wait)
        assert played.supply >= 0  # it can be played
        self.model = played
        self._show()

    def _controls(self) -> Sequence[Sequence[Any]]:
        buttons = [self._button(words, meaning, partial(self._add, move)) for move, (words, meaning) in BUTTONS.items()]
        self._field = self._text("moves", "deposit block block credit", "640px", lambda: self.moves, self.play)
        return [buttons, [self._field, self._button("start again", "no moves", partial(self.play, ""))]]

    def _add(self, move: str) -> None:
        self.play(f"{self.moves} {move}")

    def _show(self) -> None:
        self._field.value = self.moves
        super()._show()
