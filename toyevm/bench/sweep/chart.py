"""A sweep as a chart: small panels with a line for each backend, those of a workload side by side, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from toyevm.bench.sweep.panels import SpeedupPanel, make_panels
from toyevm.bench.sweep.point import Row
from toyevm.charts import DASHES, INKS, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_COLUMNS = 5
HEADING = 0.7  # inches for title and legend
HEIGHT = 2.2  # inches of a panel


def sweep_chart(rows: Sequence[Row], axis: str = "cores") -> Chart:
    """Return the speedups of a sweep along an axis, "cores" or "contention", as pictures and in words."""
    panels = make_panels(rows, axis)
    title = f"Speedup by {axis} (simulated; median over seeds)"
    text = "\n\n".join((title, *(panel.to_text() for panel in panels)))
    alt = "; ".join(line for line in text.split("\n") if line)
    of_workload = sum(panel.workload == panels[0].workload for panel in panels)
    columns = -(-of_workload // -(-of_workload // MOST_COLUMNS))  # as few lines as they need, equally long
    lines = -(-len(panels) // columns)
    draw = partial(_draw, panels, title, (lines, columns))
    return Chart(draw, title, alt, text, height=HEADING + HEIGHT * lines)


def _draw(panels: Sequence[SpeedupPanel], title: str, shape: tuple[int, int], figure: Figure) -> None:
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    grid = figure.subplots(*shape, squeeze=False, sharey=True)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _draw_panel(axes, panel, names)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=4, title=title, title_fontsize=11, alignment="left")


def _draw_panel(axes: Axes, panel: SpeedupPanel, names: Sequence[str]) -> None:
    """Draw the lines; a backend has the same ink and dashes in every panel."""
    for number, name in enumerate(names):
        values = [float("nan") if value is None else value for value in panel.lines.get(name, ())]
        dashes = DASHES[(number + number // len(INKS)) % len(DASHES)]
        places = panel.places[: len(values)]
        axes.plot(places, values, label=name, color=INKS[number % len(INKS)], linestyle=dashes, marker=".")
    axes.set_title(panel.title, fontsize=8.5)
    axes.set_yscale("log", base=2)
    if panel.axis == "cores":
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}×")
    axes.set_xlabel(panel.axis)
