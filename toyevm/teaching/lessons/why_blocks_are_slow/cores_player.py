"""The cores slider: how much faster does a block get, the more cores it is given?

Nothing is run when the slider moves. The blocks have been executed; what they read and wrote says who must wait for
whom, and a list schedule does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.kit.job import Job
from toyevm.teaching.kit.lanes_view import show_lanes
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player


class CoresSlider(Player):
    """Give the same number of virtual cores to several blocks.

    `set(50)` moves the slider; `text` is what it shows, in words.

    Args:
        most: where the slider ends.
        chains: mark the longest chain of transactions that wait for each other.

    Raises:
        InputError: no blocks, a number of cores that the slider does not have, or ipywidgets is not installed.
    """

    NAME, INSTEAD = "the cores slider", "show_lanes works without it"

    def __init__(self, jobs: Sequence[Job], cores: int = 1, most: int = 100, chains: bool = False) -> None:
        self.jobs, self.most, self.chains = tuple(jobs), most, chains
        if not self.jobs:
            raise InputError("there are no blocks to schedule", expected="at least one job, as job_of returns it")
        super().__init__()
        self.set(cores)

    @property
    def cores(self) -> int:
        return int(self._slider.value)

    @property
    def picture(self) -> Picture:
        return show_lanes(self.jobs, self.cores, self.chains)

    @property
    def speedups(self) -> dict[str, float]:
        """How many times faster than on one core, by title."""
        return {job.title: job.speedup(self.cores) for job in self.jobs}

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        layout = make.Layout(width="480px")
        slider = make.IntSlider(value=1, min=1, max=self.most, description="cores", layout=layout)
        self._slider = self._control("cores", slider)
        return [[self._slider]]
