"""The grain sliders: how long a task is, how many there are, and whether two processes are worth it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.real_cores.grain_view import show_choice
from toyevm.teaching.lessons.real_cores.model import COUNTS, GRAINS, GrainChoice, in_time
from toyevm.teaching.lessons.real_cores.records import START


class GrainSliders(Player):
    """Choose a grain, a number of tasks, and how two processes come to be; read what the model and the record say.

    `set(grain="10 µs", tasks="2,000", start="spawned")` moves the sliders.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the grain sliders", "show_grain works without it"

    @property
    def choice(self) -> GrainChoice:
        """What is set now."""
        return GrainChoice(*(self._named[name].value for name in ("grain", "tasks", "start")))

    @property
    def picture(self) -> Picture:
        return show_choice(self.choice)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        layout, style = make.Layout(width="440px"), {"description_width": "60px"}
        sliders = [
            self._control(name, make.SelectionSlider(
                options=options, value=value, description=name, layout=layout, style=style))
            for name, options, value in (
                ("grain", [(in_time(grain / 1e6), grain) for grain in GRAINS], 1_000),
                ("tasks", [(f"{count:,}", count) for count in COUNTS], 150),
            )
        ]  # fmt: skip
        buttons = make.ToggleButtons(
            options=[(way, way) for way in START],
            description="start",
            layout=make.Layout(width="420px"),
            style={**style, "button_width": "90px"},
        )
        return [sliders, [self._control("start", buttons)]]
