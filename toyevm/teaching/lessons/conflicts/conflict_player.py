"""The conflict explorer: one executed block, and switches for what is to count as a conflict.

Nothing is run again when a switch is thrown. The matrix and the graph are read off the same sets, through another lens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toyevm.analysis.conflicts import NAMED_HAZARDS, Lens
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.lessons.conflicts.conflict_view import show_graph, show_matrix
from toyevm.teaching.lessons.conflicts.studies import Study

# switch -> what it offers; the first is how it stands in the beginning
SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "accounts": {"by location": False, "by account": True},
    "fees": {"fees aside": False, "fees count": True},
    "balances": {"all fields": True, "storage only": False},
    "hazards": NAMED_HAZARDS,
}


class ConflictExplorer(Player):
    """Look at a block through every lens; `set(accounts=True, hazards="all three")` throws switches, too.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the conflict explorer", "show_matrix and show_graph work without it"

    def __init__(self, study: Study) -> None:
        self.study = study
        super().__init__()

    @property
    def lens(self) -> Lens:
        return Lens(**{name: buttons.value for name, buttons in self._named.items()})

    @property
    def speedup(self) -> float:
        return self.study.speedup(self.lens)

    @property
    def picture(self) -> Picture:
        matrix, graph = show_matrix(self.study, self.lens), show_graph(self.study, self.lens)
        return Picture(matrix.svg + graph.svg, f"{matrix.text}\n\n{graph.text}")

    def _controls(self) -> Sequence[Sequence[Any]]:
        style, buttons = {"button_width": "118px"}, self._widgets.ToggleButtons
        return [
            [
                self._control(name, buttons(options=list(positions.items()), style=style, tooltips=list(positions)))
                for name, positions in SWITCHES.items()
            ]
        ]
