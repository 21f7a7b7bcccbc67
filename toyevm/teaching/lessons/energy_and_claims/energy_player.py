"""Energy against conflicts: choose a block, a way to run it, and cores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.energy_and_claims.energy_view import show_energy
from toyevm.teaching.lessons.energy_and_claims.settings import BLOCKS, CORES, WAYS


class EnergyPlayer(Player):
    """Run a block in some way; `set(block="course block", way="Block-STM", cores=16)` does what the buttons do.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the energy player", "show_energy works without it"

    @property
    def chosen(self) -> tuple[str, str, int]:
        """The block, the way and the cores now."""
        block, way, cores = (self._named[name].value for name in ("block", "way", "cores"))
        return str(block), str(way), int(cores)

    @property
    def picture(self) -> Picture:
        return show_energy(*self.chosen)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        choices = [
            self._control(name, make.ToggleButtons(
                options=[(str(each), each) for each in options], description=name,
                layout=make.Layout(width="560px"), style={"button_width": width, "description_width": "60px"}))
            for name, options, width in (
                ("block", tuple(BLOCKS), "104px"), ("way", tuple(WAYS), "104px"), ("cores", CORES, "50px"))
        ]  # fmt: skip
        return [[choice] for choice in choices]
