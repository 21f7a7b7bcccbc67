"""The access-list inspector: choose an account and a transaction, edit a line, and read the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from toyevm.access_lists import BlockAccessList
from toyevm.errors import InputError
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, LEFT, PANEL
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.block_access_lists.inspector import Inspection
from toyevm.teaching.lessons.block_access_lists.village import TITLES, build_list, village
from toyevm.workloads.workload import Workload

LINE, HEAD = 22, 46


def show_inspection(inspection: Inspection) -> Picture:
    """Return what the inspector shows, as picture and words."""
    title, lines = "what the list says, and what a validator says to it", inspection.lines
    body = [svg.heading(MARGIN, 26, title)]
    for at, words in enumerate(lines):
        y = HEAD + LINE * at
        if at == len(lines) - 1 or "✗" in words or "✓" in words:
            bad = "REFUSED" in words or "✗" in words
            body.append(
                svg.box(MARGIN - 6, y - 15, WIDTH - 2 * MARGIN + 12, LINE - 2, FAILED if bad else LEFT, radius=2)
            )
        elif at == 0 or words.startswith(("account", "tx")):
            body.append(svg.box(MARGIN - 6, y - 15, WIDTH - 2 * MARGIN + 12, LINE - 2, PANEL, radius=2))
        body.append(svg.text(MARGIN, y, words, mono=True))
    drawn = svg.figure(WIDTH, HEAD + LINE * len(lines), "; ".join([title, *(_spoken(words) for words in lines)]), body)
    return Picture(drawn, "\n".join([title, *map(_spoken, lines)]))


def _spoken(words: str) -> str:
    """Return a line without what would be read as the end of one."""
    return words.replace("; ", " · ").strip()


class ListInspector(Player):
    """Look into a list beside a block, and edit it.

    Everything the widget can do, a call does too: `edit("box: slot 2 2:41")`, `set(tx=3)`, `set(account="box")`.
    An edit is one line for each account; it replaces what the list says of it. `edit("")` is the honest list.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the inspector", "show_inspection works without it"

    def __init__(
        self, workload: Workload | None = None, honest: BlockAccessList | None = None, titles: Sequence[str] = TITLES
    ) -> None:
        workload = workload or village()
        self._inspection = Inspection(workload, honest or build_list(workload), tuple(titles))
        super().__init__()

    @property
    def edits(self) -> str:
        return self._inspection.edits

    @property
    def picture(self) -> Picture:
        shown = replace(self._inspection, account=str(self._account.value), tx_index=int(self._tx.value))
        return show_inspection(shown)

    def edit(self, lines: str) -> None:
        """Replace what the list says of some accounts, a line each.

        Raises:
            InputError: a line that cannot be read; what was shown stays.
        """
        changed = replace(self._inspection, edits=lines.replace(" | ", "\n"))
        assert changed.accesses is not None  # it can be read
        self._inspection = changed
        self._show()

    def _controls(self) -> Sequence[Sequence[Any]]:
        make, names = self._widgets, self._inspection.workload.names
        listed = [names.get(each.address, "0x" + each.address.hex()) for each in self._inspection.honest]
        first = "box" if "box" in listed else listed[0]
        box = make.Dropdown(options=listed, value=first, description="account", layout=make.Layout(width="230px"))
        most = len(self._inspection.titles) - 1
        tx = make.IntSlider(value=0, min=0, max=most, description="tx", layout=make.Layout(width="380px"))
        self._account, self._tx = self._control("account", box), self._control("tx", tx)
        form = "box: slot 2 2:41 4:50 6:55; read 1, 3"
        self._field = self._text("edit", form, "640px", lambda: self.edits.replace("\n", " | "), self.edit)
        honest = self._button("honest list", "undo all edits", lambda: self.edit(""))
        return [[self._account, self._tx], [self._field, honest]]

    def _show(self) -> None:
        self._field.value = self.edits.replace("\n", " | ")
        super()._show()


def edits_of(answer: Any) -> str:
    """Return the edits of a text, or those that stand in an inspector."""
    if isinstance(answer, ListInspector):
        return answer.edits
    if not isinstance(answer, str):
        raise InputError(type(answer).__name__, expected="a text: one line for each account")
    return answer.replace(" | ", "\n")
