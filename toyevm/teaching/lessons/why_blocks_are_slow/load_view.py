"""Demand against room, block by block: what arrived, what went in, what waits, and what the base fee does about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from toyevm.charts import FAINT_GREY, LIGHT_BLUE, LIGHT_GREEN, LIGHT_GREY, LIGHT_ORANGE, Chart
from toyevm.teaching.lessons.why_blocks_are_slow.load import LoadRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEW = 32  # up to so many bars each carries its number


def show_load(rows: Sequence[LoadRow], room: int) -> Chart:
    """Return the course of things as four rows of bars, and as their text twin a table.

    Args:
        room: how many payments fit into a block.
    """
    table, title = load_table(rows, room), "demand against room, block by block"
    alt = "Bar chart. " + "; ".join(table.split("\n"))
    return Chart(partial(_draw, rows, room), title, alt, table, height=5.2)


def load_table(rows: Sequence[LoadRow], room: int) -> str:
    """Return the numbers of the bars.

    >>> print(load_table([LoadRow(1, 40, 20, 20, 10.0)], room=20))
    room for 20 payments a block (simulated demand, executed blocks)
    block  arrived  included  waiting  base fee (gwei)
        1       40        20       20            10.00
    """
    lines = [
        f"room for {room} payments a block (simulated demand, executed blocks)",
        "block  arrived  included  waiting  base fee (gwei)",
    ]
    lines += [
        f"{row.number:>5}  {row.arrived:>7}  {row.included:>8}  {row.waiting:>7}  {row.base_fee:>15.2f}" for row in rows
    ]
    return "\n".join(lines)


def _draw(rows: Sequence[LoadRow], room: int, figure: Figure) -> None:
    bands: tuple[tuple[str, str, Callable[[LoadRow], float]], ...] = (
        (f"arrive (payments; dashed: room for {room})", LIGHT_GREY, lambda row: row.arrived),
        ("go in (payments)", LIGHT_GREEN, lambda row: row.included),
        ("wait after the block (payments)", LIGHT_BLUE, lambda row: row.waiting),
        ("base fee (gwei per gas)", LIGHT_ORANGE, lambda row: row.base_fee),
    )
    every = figure.subplots(len(bands), sharex=True)
    numbers, most_payments = [row.number for row in rows], max([room, *(row.arrived for row in rows)])
    for place, (axes, (name, colour, value)) in enumerate(zip(every, bands, strict=True)):
        values = [value(row) for row in rows]
        bars = axes.bar(numbers, values, color=colour, width=0.8)
        if len(rows) <= FEW:
            axes.bar_label(bars, [f"{value:.0f}" if value else "" for value in values], fontsize=8.5, color=FAINT_GREY)
        axes.set_title(name)
        axes.set_ylim(0, 1.25 * (most_payments if place < 2 else max([1.0, *values])))
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(0.3, len(rows) + 0.7)
    every[0].axhline(room, color=FAINT_GREY, linewidth=1, linestyle="--", zorder=0)
    every[-1].set_xlabel("block")
