"""The rules player: change one cell of a trace, and see which of its constraints notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.stark.changed_cell import ChangedCell
from toyevm.teaching.kit.stark.named_table import NamedTable
from toyevm.teaching.kit.stark.rules_view import show_rules

FURTHEST = 20  # what is added to a cell, at most


class RulesPlayer(Player):
    """Change a cell.

    Whatever a control does, a call does too: `set(column="bob", row=4, add=1)`.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the rules player", "show_rules works without it"

    def __init__(self, table: NamedTable) -> None:
        self.table = table
        super().__init__()

    @property
    def change(self) -> ChangedCell:
        """The cell as it is changed now."""
        column, row, add = (self._named[name].value for name in ("column", "row", "add"))
        return ChangedCell(self.table, int(row), str(column), int(add))

    @property
    def picture(self) -> Picture:
        return show_rules(self.change)

    def _controls(self) -> Sequence[Sequence[Any]]:
        make, names = self._widgets, [(name, name) for name in dict.fromkeys(self.table.columns)]
        wide = make.Layout(width="260px")
        return [
            [
                self._control("column", make.Dropdown(options=names, description="column", layout=wide)),
                self._control("row", make.IntSlider(0, 0, len(self.table.trace) - 1, description="row", layout=wide)),
                self._control("add", make.IntSlider(0, -FURTHEST, FURTHEST, description="add", layout=wide)),
            ]
        ]
