"""The grain sliders: how long a task is, how many there are, and whether two processes are worth it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.real_cores.grain_view import WORDS, show_choice
from toyevm.teaching.lessons.real_cores.model import COUNTS, GRAINS, GrainChoice, in_time
from toyevm.teaching.lessons.real_cores.records import START

IN_WORDS = {in_time(grain / 1e6): grain for grain in GRAINS}  # a bare 10000 has no unit, so it is no position


class GrainSliders(Player):
    """Choose a grain, a number of tasks, and how two processes come to be; say what follows, then read it.

    `set(grain="10 µs", tasks="2,000", start="running", say="slower")` moves the sliders. Whoever moves one of the
    first three has not said anything about it yet.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the grain sliders", "show_grain works without it"

    @property
    def choice(self) -> GrainChoice:
        """What is set now."""
        grain, tasks, start = (self._named[name].value for name in ("grain", "tasks", "start"))
        return GrainChoice(IN_WORDS[grain], tasks, start)

    @property
    def said(self) -> bool:
        """Whether the student has said what follows from what is set."""
        return bool(self._named["say"].value != WORDS[0])

    @property
    def picture(self) -> Picture:
        return show_choice(self.choice, self._named["say"].value)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        wide, narrow = {"description_width": "60px"}, make.Layout(width="auto")
        layout, buttons = make.Layout(width="440px"), {**wide, "button_width": "90px"}
        counts = [(f"{count:,}", count) for count in COUNTS]
        named = {
            "grain": make.SelectionSlider(options=_alike(IN_WORDS), value="1 ms", layout=layout, style=wide),
            "tasks": make.SelectionSlider(options=counts, value=150, layout=layout, style=wide),
            "start": make.ToggleButtons(options=_alike(START), layout=narrow, style=buttons),
            "say": make.ToggleButtons(options=_alike(WORDS), layout=narrow, style=buttons),
        }
        grain, tasks, start, say = named.values()

        def unsay(_: Any) -> None:
            say.value = WORDS[0]

        for name, control in named.items():
            control.description = name
            if control is not say:
                control.observe(unsay, "value")  # before the picture is drawn, which would show what comes out
            self._control(name, control)
        return [[grain, tasks], [start, say]]


def _alike(words: Iterable[str]) -> list[tuple[str, str]]:
    """Return options whose values are what is written on them."""
    return [(word, word) for word in words]
