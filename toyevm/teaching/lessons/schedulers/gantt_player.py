"""A schedule to move about in: push a transaction to another core, or before its neighbour, and see when all ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import PRIORITIES, makespan
from toyevm.teaching.kit.job import Job
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.schedulers.gantt_view import picture_of
from toyevm.teaching.lessons.schedulers.plans import moved, names_in, plan, shifted, write_plan


class GanttPlayer(Player):
    """Move the transactions of a small block between cores.

    Everything the widget can do, a call does too: `play("A:1 B:2")` or `play("longest first")`, `move`, `shift`; `plan`
    is the text form, for somebody else to replay, and `text` what is shown.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the player", "show_plan works without it"

    def __init__(self, job: Job, cores: int = 2, by: str = "block order") -> None:
        self.job, self.cores = job, cores
        self.spans = _by_start(plan(job, cores, by))
        super().__init__()

    @property
    def plan(self) -> str:
        return write_plan(self.job, self.spans)

    @property
    def makespan(self) -> int:
        return makespan(self.spans)

    @property
    def picture(self) -> Picture:
        return picture_of(self.job, self.cores, self.spans)

    def play(self, by: str) -> None:
        """Show the plan of this text form, or the schedule by a priority of this name.

        Raises:
            InputError: it cannot be read; what was shown stays.
        """
        self.spans = _by_start(plan(self.job, self.cores, by))
        self._show()

    def move(self, name: str, core: int) -> None:
        """Give a transaction to another core, from 1, where it stands in the row as before."""
        self.play(moved(self.plan, self._known(name), core))

    def shift(self, name: str, by: int) -> None:
        """Let a transaction change places with the one before it (-1) or behind it (1) on its core."""
        self.play(shifted(self.job, self.plan, self._known(name), by))

    def _known(self, name: str) -> str:
        if name not in names_in(self.plan):
            raise InputError(f"{name!r} is not in the plan", expected=" ".join(self.job.labels))
        return name

    def _controls(self) -> Sequence[Sequence[Any]]:
        make, button = self._widgets, self._button
        rules = [(f"by rule: {name}", name) for name in PRIORITIES]
        self._rule = make.Dropdown(options=[("choose a rule", ""), *rules], layout=make.Layout(width="220px"))
        self._name = make.Dropdown(options=self.job.labels, description="move", layout=make.Layout(width="150px"))
        self._to = [
            button(f"to core {core}", "give it to this core", partial(self._move_chosen, core))
            for core in range(1, self.cores + 1)
        ]
        self._shift = [
            button("earlier", "before its neighbour", partial(self._shift_chosen, -1)),
            button("later", "behind its neighbour", partial(self._shift_chosen, 1)),
        ]
        self._field = self._text("plan", "A:1 B:2", "520px", lambda: self.plan, self.play)
        self._rule.observe(lambda change: self._try(partial(self.play, change["new"] or self.plan)), "value")
        return [[self._name, *self._to, *self._shift, self._rule], [self._field]]

    def _move_chosen(self, core: int) -> None:
        self.move(str(self._name.value), core)

    def _shift_chosen(self, by: int) -> None:
        self.shift(str(self._name.value), by)

    def _show(self) -> None:
        self._field.value = self.plan
        super()._show()


def _by_start(spans: Sequence[TaskSpan]) -> tuple[TaskSpan, ...]:
    return tuple(sorted(spans, key=lambda span: (span.start, span.core)))
