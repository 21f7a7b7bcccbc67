"""A player for Block-STM: a button for each core says what it would do next, and does it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.threads.model import Threads, read_moves
from toyevm.teaching.kit.threads.view import show_threads
from toyevm.teaching.kit.threads.words import coming_words

MOST_SEEDS = 9_999


class ThreadsPlayer(Player):
    """Choose which core of `model` goes on, event by event.

    Everything the widget can do, a call does too: `play("0 0 1 1")`, `advance(1)`, `back()`, `run_on(3)`; `text` is
    what it shows, in words. `moves` is all that somebody else needs to see the same.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the player of cores", "show_threads works without it"

    def __init__(self, model: Threads) -> None:
        self.model = model
        super().__init__()

    @property
    def moves(self) -> str:
        """The cores in the order in which they moved."""
        return self.model.moves

    @property
    def picture(self) -> Picture:
        return show_threads(self.model)

    def play(self, moves: str) -> None:
        """Begin again, and let the cores move in this order: "0 0 1 1", or "0011".

        Raises:
            InputError: moves that cannot be read or made; what was shown stays.
        """
        self.model.play(read_moves(moves, self.model.cores))
        self._show()

    def advance(self, core: int) -> None:
        """Let a core do what comes next.

        Raises:
            InputError: there is no such core, or it waits or has ended.
        """
        self.model.advance(core)
        self._show()

    def back(self) -> None:
        """Take the last event back."""
        self.model.back()
        self._show()

    def run_on(self, seed: int | None = None) -> None:
        """Go on by chance to the end; without a seed, with the one that is set.

        Raises:
            InputError: it does not come to an end; the events so far are shown.
        """
        try:
            self.model.run_on(int(self._seed.value) if seed is None else seed)
        finally:
            self._show()

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        self._cores = [
            self._button(f"core {core}", f"let core {core} do what comes next", partial(self.advance, core))
            for core in range(self.model.cores)
        ]
        self._moves = self._text("moves", "0 0 1 1", "320px", lambda: self.moves, self.play)
        self._back = self._button("◀ back", "take the last event back", self.back)
        layout = make.Layout(width="130px")
        seed = make.BoundedIntText(1, min=0, max=MOST_SEEDS, description="seed", layout=layout)
        self._seed = self._control("seed", seed)
        self._end = self._button("to the end by chance ▶|", "let chance choose the cores, by the seed", self.run_on)
        return [self._cores, [self._back, self._seed, self._end, self._moves]]

    def _show(self) -> None:
        for core, pressed in enumerate(self._cores):
            pressed.description = f"core {core}: {coming_words(self.model, core)}"
            pressed.disabled = self.model.coming(core) is None
        self._back.disabled = not self.model.choices
        self._end.disabled = not self.model.going
        self._moves.value = self.moves
        super()._show()
