"""The cores slider: how much faster does a block get, the more cores it is given?

Nothing is run when the slider moves. The blocks have been executed; what they read and wrote says who must wait for
whom, and a list schedule does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.kit.lanes import Job, describe_lanes, show_lanes
from toyevm.teaching.kit.player import import_ipywidgets, in_text


class CoresSlider:
    """Give the same number of virtual cores to several blocks.

    Everything the widget can do, a call does too: `set`; `text` is what it shows, in words.

    Args:
        most: where the slider ends.
        chains: mark the longest chain of transactions that wait for each other.

    Raises:
        InputError: no blocks, or ipywidgets is not installed.
    """

    def __init__(self, jobs: Sequence[Job], cores: int = 1, most: int = 100, chains: bool = True) -> None:
        self.jobs, self.most, self.chains = tuple(jobs), most, chains
        if not self.jobs:
            raise InputError("there are no blocks to schedule", expected="at least one job, as job_of returns it")
        self._build(import_ipywidgets("the cores slider", "show_lanes works without it"), self._checked(cores))

    @property
    def cores(self) -> int:
        return int(self._slider.value)

    @property
    def text(self) -> str:
        """The text twin of what is shown."""
        return describe_lanes(self.jobs, self.cores, self.chains)

    @property
    def speedups(self) -> dict[str, float]:
        """How many times faster than on one core, by title."""
        return {job.title: job.speedup(self.cores) for job in self.jobs}

    def set(self, cores: int) -> None:
        """Move the slider.

        Raises:
            InputError: a number of cores that the slider does not have.
        """
        self._slider.value = self._checked(cores)

    def _checked(self, cores: int) -> int:
        if not isinstance(cores, int) or not 1 <= cores <= self.most:
            raise InputError(f"{cores!r} cores", expected=f"a whole number from 1 to {self.most}")
        return cores

    def _build(self, widgets: ModuleType, cores: int) -> None:
        self._slider = widgets.IntSlider(
            value=cores, min=1, max=self.most, description="cores", layout=widgets.Layout(width="480px")
        )
        self._as_text = widgets.Checkbox(
            value=False, description="as text", indent=False, layout=widgets.Layout(width="90px")
        )
        self._screen = widgets.HTML()
        controls = widgets.HBox([self._slider, self._as_text], layout=widgets.Layout(flex_flow="row wrap"))
        self.widget = widgets.VBox([controls, self._screen])
        self._slider.observe(lambda _: self._show(), "value")
        self._as_text.observe(lambda _: self._show(), "value")
        self._show()

    def _show(self) -> None:
        picture = show_lanes(self.jobs, self.cores, self.chains)
        self._screen.value = in_text(picture.text) if self._as_text.value else picture.svg

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**self.widget._repr_mimebundle_(**options), "text/plain": self.text}
