"""The conflict explorer: one executed block, and switches for what is to count as a conflict.

Nothing is run again when a switch is thrown. The matrix and the graph are read off the same sets, through another lens.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from toyevm.analysis.conflicts import Lens
from toyevm.analysis.dependencies import Hazard
from toyevm.errors import InputError
from toyevm.teaching.kit.player import import_ipywidgets, in_text
from toyevm.teaching.lessons.conflicts.conflict_view import show_graph, show_matrix
from toyevm.teaching.lessons.conflicts.study import Study

# switch -> what it offers; the first is how it stands in the beginning
SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "accounts": {"by location": False, "by account": True},
    "fees": {"fees aside": False, "fees count": True},
    "balances": {"all fields": True, "storage only": False},
    "hazards": {"RAW only": Lens.hazards, "all three": tuple(Hazard)},
}


class ConflictExplorer:
    """Look at a block through every lens; what the switches do, `set` does too, and `text` says what is shown.

    Raises:
        InputError: ipywidgets is not installed.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        widgets = import_ipywidgets("the conflict explorer", "show_matrix and show_graph work without it")
        self._build(widgets)
        self._show()

    @property
    def lens(self) -> Lens:
        return Lens(**{name: buttons.value for name, buttons in self._buttons.items()})

    @property
    def speedup(self) -> float:
        return self.study.speedup(self.lens)

    @property
    def text(self) -> str:
        """The text twin of what is shown."""
        return f"{show_matrix(self.study, self.lens).text}\n\n{show_graph(self.study, self.lens).text}"

    def set(self, **switches: Any) -> None:
        """Throw switches by name: accounts=True, fees=True, balances=False, hazards="all three".

        Raises:
            InputError: a switch, or a position, that there is not.
        """
        for name, value in switches.items():
            if name not in SWITCHES:
                raise InputError(f"no switch {name!r}", expected=" | ".join(SWITCHES))
            position = SWITCHES[name].get(value, value) if isinstance(value, str) else value
            if position not in SWITCHES[name].values():
                raise InputError(f"{name}={value!r}", expected=" | ".join(map(repr, SWITCHES[name])))
            self._buttons[name].value = position

    def _build(self, widgets: ModuleType) -> None:
        style = {"button_width": "118px"}
        self._buttons = {
            name: widgets.ToggleButtons(options=list(positions.items()), style=style, tooltips=list(positions))
            for name, positions in SWITCHES.items()
        }
        self._as_text = widgets.Checkbox(
            value=False, description="as text", indent=False, layout=widgets.Layout(width="90px")
        )
        self._screen = widgets.HTML()
        for control in (*self._buttons.values(), self._as_text):
            control.observe(lambda _: self._show(), "value")
        row = widgets.Layout(flex_flow="row wrap")
        self.widget = widgets.VBox([widgets.HBox([*self._buttons.values(), self._as_text], layout=row), self._screen])

    def _show(self) -> None:
        pictures = show_matrix(self.study, self.lens), show_graph(self.study, self.lens)
        self._screen.value = in_text(self.text) if self._as_text.value else "".join(each.svg for each in pictures)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**self.widget._repr_mimebundle_(**options), "text/plain": self.text}
