"""The sampling grid: hide cells of an extended blob, and see who notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from toyevm.rollups.sampling import CELLS, ENOUGH
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.lines_view import LINE, draw_lines
from toyevm.teaching.kit.palette import FAILED, HERE, LEFT, PANEL, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.player import Player
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.batches_data_cost.sampling import CLIENTS, Sampling, read_cells, write_cells

IN_A_ROW, CELL, ROW, TOP = 32, 28, 26, 62


def show_sampling(sampling: Sampling) -> Picture:
    """Return the 128 cells, those that are hidden, those that client 0 asks for, and what follows."""
    hidden, asked = sampling.hidden, sampling.asked[0]
    words = words_of(sampling)
    body = [svg.heading(MARGIN, 26, "128 cells: 0 to 63 are the data, 64 to 127 the extension")]
    legend = "red and hatched: hidden by the producer · yellow with a thick border: client 0 asks for it"
    body.append(svg.note(MARGIN, 46, legend))
    body += [_cell(cell, cell in hidden, cell in asked) for cell in range(CELLS)]
    top = TOP + ROW * CELLS // IN_A_ROW + 24
    body += draw_lines(words, top, "data", FAILED if sampling.is_lost else LEFT)
    return Picture(svg.figure(WIDTH, top + LINE * len(words), "; ".join(words), body), "\n".join(words))


def words_of(sampling: Sampling) -> list[str]:
    """Return what the grid shows, in words."""
    left, asked = CELLS - len(sampling.hidden), sorted(sampling.asked[0])
    state = f"LOST: {ENOUGH} are needed" if sampling.is_lost else f"not lost: any {ENOUGH} rebuild the others"
    missing = [cell for cell in asked if cell in sampling.hidden]
    seen = f"no answer for {', '.join(map(str, missing))}" if missing else "every answer comes"
    hidden = write_cells(sampling.hidden) or "none"
    return [
        f"hidden    {len(sampling.hidden)} of {CELLS} cells: {hidden if len(hidden) < 72 else hidden[:70] + '…'}",
        f"data      {left} cells are left · {state}",
        f"client    0 asks for {', '.join(map(str, asked))} · {seen}",
        f"chance    a client that asks for {sampling.samples} sees nothing wrong: {sampling.miss_chance:.2%}",
        f"clients   {CLIENTS - sampling.fooled:,} of {CLIENTS:,} notice (simulated)",
    ]


def _cell(cell: int, is_hidden: bool, is_asked: bool) -> str:
    x, y = MARGIN + 4 + (cell % IN_A_ROW) * (CELL + 1), TOP + ROW * (cell // IN_A_ROW)
    paint = HERE if is_asked else FAILED if is_hidden else PANEL if cell >= ENOUGH else PAPER
    parts = [svg.box(x, y, CELL - 2, ROW - 4, paint, stroke=2.5 if is_asked else 1, radius=2)]
    if is_hidden:
        parts.append(svg.hatch(x + 1, y + 1, CELL - 4, ROW - 6, FAILED.line, opacity=0.35))
    ink = FAILED.ink if is_hidden else PAPER.ink
    parts.append(svg.text(x + CELL / 2 - 1, y + 15, f"{cell}", size=11, ink=ink, anchor="middle", bold=is_asked))
    return "".join(parts)


class SamplingGrid(Player):
    """Hide cells of an extended blob, and see who notices.

    `hide("0..63, 70")` hides these cells and no others; `set(hidden=64)` hides so many at random, and `set(samples=4)`
    lets each client ask for four. `text` says what is shown.

    Raises:
        InputError: ipywidgets is not installed.
    """

    NAME, INSTEAD = "the sampling grid", "show_sampling works without it"

    def __init__(self, cells: str = "") -> None:
        self._sampling = Sampling(read_cells(cells))
        self._by_hand = False
        super().__init__()

    @property
    def hidden(self) -> frozenset[int]:
        """The cells that are hidden now."""
        return self._sampling.hidden

    @property
    def picture(self) -> Picture:
        return show_sampling(replace(self._sampling, samples=int(self._samples.value)))

    def hide(self, cells: str) -> None:
        """Hide these cells, and no others.

        Raises:
            InputError: cells that cannot be read; what was hidden stays.
        """
        self._hide(read_cells(cells))

    def _hide(self, cells: frozenset[int]) -> None:
        self._sampling = replace(self._sampling, hidden=cells)
        self._by_hand = True
        self._slider.value = len(cells)
        self._by_hand = False
        self._show()

    def _controls(self) -> Sequence[Sequence[Any]]:
        make = self._widgets
        layout = make.Layout(width="440px")
        slider = make.IntSlider(len(self.hidden), min=0, max=CELLS, description="hidden", layout=layout)
        slider.observe(lambda change: self._slid(int(change["new"])), "value")
        self._slider = self._control("hidden", slider)
        samples = make.IntSlider(value=8, min=1, max=20, description="samples", layout=make.Layout(width="380px"))
        self._samples = self._control("samples", samples)
        self._field = self._text("cells", "0..63, 70", "440px", lambda: write_cells(self.hidden), self.hide)
        return [[slider, samples], [self._field]]

    def _slid(self, count: int) -> None:
        if not self._by_hand:
            self._sampling = replace(self._sampling, hidden=frozenset(Random(count).sample(range(CELLS), count)))

    def _show(self) -> None:
        self._field.value = write_cells(self.hidden)
        super()._show()
