"""The message graph with a reorg button for each block that can still be replaced."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.bridges.messages_view import show_messages
from toyevm.teaching.lessons.bridges.story import REPLACEABLE, after_the_reorg, before_the_reorg


class MessagesPlayer(Player):
    """Replace a block and all later ones of its layer, and see what falls on the others.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the message graph", "show_messages works without it"

    def __init__(self) -> None:
        self.story = before_the_reorg()
        super().__init__()

    @property
    def picture(self) -> Picture:
        return show_messages(self.story)

    def take_back(self, first: str = "") -> None:
        """Start again, and replace blocks from this one on, if one is named.

        Raises:
            InputError: there is no such block, or it is final.
        """
        self.story = after_the_reorg(first) if first else before_the_reorg()
        self._show()

    def _controls(self) -> Sequence[Sequence[Any]]:
        meaning = "this block and all later ones of its layer are replaced by empty ones"
        both = [[name for name in REPLACEABLE if name[0] == letter] for letter in "SV"]
        rows = [[self._button(f"reorg {name}", meaning, partial(self.take_back, name)) for name in row] for row in both]
        return [*rows, [self._button("no reorg", "all blocks as they were", self.take_back)]]
