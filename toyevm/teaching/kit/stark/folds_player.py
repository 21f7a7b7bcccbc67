"""The folds player: move a query, and choose how many places of a word are false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.stark.folding import Folding, false_word
from toyevm.teaching.kit.stark.folds_view import show_folds


class FoldsPlayer(Player):
    """Follow a query through the folds of a word.

    Whatever a slider does, a call does too: `set(query=21, false=3)`.

    Args:
        size: of the word.
        folds: by how much each fold shortens it.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the folds player", "show_folds works without it"

    def __init__(self, size: int = 32, folds: Sequence[int] = (2, 2, 2)) -> None:
        self._size, self._folds = size, tuple(folds)
        super().__init__()

    @property
    def folding(self) -> Folding:
        """The word as it is now."""
        return false_word(int(self._named["false"].value), self._size, self._folds)

    @property
    def picture(self) -> Picture:
        return show_folds(self.folding, int(self._named["query"].value))

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        wide = make.Layout(width="400px")
        query = make.IntSlider(21, 0, self._size - 1, description="query", layout=wide)
        false = make.IntSlider(1, 0, self._size, description="false", layout=wide)
        return [[self._control("query", query), self._control("false", false)]]
