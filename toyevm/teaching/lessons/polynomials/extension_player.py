"""The extension player: drag the value of a row, and see which of the 32 points follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.polynomials.extension_view import show_extension
from toyevm.teaching.lessons.polynomials.field import P
from toyevm.teaching.lessons.polynomials.machine import ROWS


class ExtensionPlayer(Player):
    """Change rows of the machine.

    Whatever a slider does, a call does too: `set(row3=18)`.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the extension player", "show_extension works without it"

    @property
    def rows(self) -> list[int]:
        """The rows as they stand."""
        return [int(slider.value) for slider in self._named.values()]

    @property
    def picture(self) -> Picture:
        return show_extension(self.rows)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        sliders = [
            self._control(
                f"row{k}",
                make.IntSlider(
                    value, 0, P - 1, description=f"row {k}", layout=make.Layout(width="225px"),
                    style={"description_width": "44px"},
                ),
            )
            for k, value in enumerate(ROWS)
        ]  # fmt: skip
        return [sliders[:4], sliders[4:]]
