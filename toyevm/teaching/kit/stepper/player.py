"""The stepper: a run of the machine to walk through, forwards and back.

Going back is easy, for the run is over before the walk begins: a list of records is all there is, and the stepper is a
place in it. The widget only asks the view for another string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.stepper.view import show_step
from toyevm.tracer import StepRecord


class Stepper(Player):
    """Walk through `steps` with buttons, a slider, or the arrow keys once the slider has the focus.

    Everything the widget can do, a call does too: `forward`, `back`, `go_to`, `to_end`, `run_to`; `text` is what it
    shows, in words.

    Raises:
        InputError: no steps, or ipywidgets is not installed.
    """

    NAME, INSTEAD = "the stepper", "print_step and show_step work without it"

    def __init__(self, steps: Iterable[StepRecord], start: int = 0) -> None:
        self.steps: Sequence[StepRecord] = tuple(steps)
        if not self.steps:
            raise InputError("there are no steps to show", expected="what record_steps(machine) yields, before it ran")
        super().__init__()
        self.go_to(start)

    @property
    def index(self) -> int:
        """The step that is shown, counted from 0."""
        return int(self._slider.value) - 1

    @property
    def picture(self) -> Picture:
        return show_step(self.steps, self.index)

    def go_to(self, index: int) -> None:
        """Show a step; a negative index counts from the end, and one beyond the run shows its first or last step."""
        index += len(self.steps) if index < 0 else 0
        self._slider.value = min(max(index, 0), len(self.steps) - 1) + 1

    def forward(self) -> None:
        self.go_to(min(self.index + 1, len(self.steps) - 1))

    def back(self) -> None:
        self.go_to(max(self.index - 1, 0))

    def to_end(self) -> None:
        self.go_to(len(self.steps) - 1)

    def run_to(self, where: int | str | Callable[[StepRecord], bool]) -> bool:
        """Go on to the next step at a pc, of an opcode's name, or for which `where` holds; if there is none, stay.

        >>> from toyevm.vm.message import begin_message, world_with_code
        >>> from toyevm.tracer import record_steps
        >>> stepper = Stepper(record_steps(begin_message(world_with_code(b"\\x5f\\x5f\\x01\\x00"))))
        >>> stepper.run_to("ADD"), stepper.index, stepper.run_to(0)
        (True, 2, False)
        """

        def stops(step: StepRecord) -> bool:
            if callable(where):
                return where(step)
            return (step.pc if isinstance(where, int) else step.opcode.name) == where

        found = next((place for place in range(self.index + 1, len(self.steps)) if stops(self.steps[place])), None)
        if found is not None:
            self.go_to(found)
        return found is not None

    def _controls(self) -> Sequence[Sequence[Any]]:
        make, button = self._widgets, self._button
        layout = make.Layout(width="320px")
        self._slider = self._control(
            "step", make.IntSlider(value=1, min=1, max=len(self.steps), description="step", layout=layout)
        )
        self._first = button("|◀ first", "go to the first step", lambda: self.go_to(0))
        self._back = button("◀ back", "undo one step", self.back)
        self._forward = button("forward ▶", "make one step", self.forward)
        self._last = button("last ▶|", "go to the last step", self.to_end)
        names = list(dict.fromkeys(step.opcode.name for step in self.steps))
        self._stop_at = make.Dropdown(options=names, description="stop at", layout=make.Layout(width="190px"))
        self._run = button(
            "run ▶▶", "go on to the next step with this instruction", lambda: self.run_to(str(self._stop_at.value))
        )
        return [[self._first, self._back, self._forward, self._last, self._slider, self._stop_at, self._run]]

    def _show(self) -> None:
        self._first.disabled = self._back.disabled = self.index == 0
        self._forward.disabled = self._last.disabled = self.index == len(self.steps) - 1
        super()._show()
