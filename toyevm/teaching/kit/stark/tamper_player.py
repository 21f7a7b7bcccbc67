"""The tamper slider: pick a byte of a proof, and see which check says no first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.stark.tamper_view import show_tampering
from toyevm.teaching.kit.stark.tampering import Proven

UNTOUCHED = -1


class TamperPlayer(Player):
    """Flip a bit of a proof.

    Whatever the slider does, a call does too: `set(byte=100)`; -1 leaves the proof as it is.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the tamper slider", "show_tampering works without it"

    def __init__(self, proven: Proven) -> None:
        self.proven = proven
        super().__init__()

    @property
    def place(self) -> int | None:
        """The byte of which a bit is flipped now."""
        place = int(self._named["byte"].value)
        return None if place == UNTOUCHED else place

    @property
    def picture(self) -> Picture:
        return show_tampering(self.proven, self.place)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        slider = make.IntSlider(
            UNTOUCHED, UNTOUCHED, len(self.proven.proof) - 1, description="byte", continuous_update=False,
            layout=make.Layout(width="720px"),
        )  # fmt: skip
        return [[self._control("byte", slider)]]
