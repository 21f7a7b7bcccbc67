"""Speedup over cores and contention: a grid of numbers, the darker the faster."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from toyevm.errors import InputError
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, PAPER, SHADES, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN

MOST_ROWS, MOST_COLUMNS = 12, 8
NAMES, COLUMN, ROW, HEAD = 150, 68, 30, 60

Speedups = Mapping[tuple[float, int], float]  # by contention and cores


def show_speedups(speedups: Speedups, heading: str = "speedup") -> Picture:
    """Return a row for each contention and a column for each number of cores, and as their text twin a table.

    What is slower than one core is framed in red; a number says it, too.

    Raises:
        InputError: no numbers, more than 12 rows, or more than 8 columns.
    """
    rows, columns = (list(dict.fromkeys(sorted(key[place] for key in speedups))) for place in (0, 1))
    for name, values, most in (("contentions", rows, MOST_ROWS), ("numbers of cores", columns, MOST_COLUMNS)):
        if not 1 <= len(values) <= most:
            raise InputError(f"{len(values)} {name}", expected=f"1 to {most}")
    table = [[speedups.get((row, int(column))) for column in columns] for row in rows]
    lines = [
        f"{heading} (simulated)",
        f"{'contention':>10}" + "".join(f"{f'{column:g}':>8}" for column in columns) + " cores",
    ]
    lines += [f"{f'{row:g}':>10}" + "".join(f"{_words(value):>8}" for value in values)
              for row, values in zip(rows, table, strict=True)]  # fmt: skip
    return Picture(_draw(rows, columns, table, heading, "; ".join(lines)), "\n".join(lines))


def _words(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}×"


def _draw(rows: list[float], columns: list[float], table: list[list[float | None]], heading: str, label: str) -> str:
    most = max((value for values in table for value in values if value is not None), default=1.0)
    width, height = MARGIN * 2 + NAMES + COLUMN * len(columns), HEAD + ROW * len(rows) + MARGIN
    body = [
        svg.heading(MARGIN, 24, f"{heading} (simulated)"),
        svg.note(MARGIN, 48, "contention ↓  cores →"),
        *(
            svg.text(MARGIN + NAMES + COLUMN * (place + 0.5), 48, f"{column:g}", bold=True, anchor="middle")
            for place, column in enumerate(columns)
        ),
    ]
    for place, (row, values) in enumerate(zip(rows, table, strict=True)):
        y = HEAD + ROW * place
        body.append(svg.text(MARGIN + NAMES - 12, y + 19, f"{row:g}", bold=True, anchor="end"))
        for column, value in enumerate(values):
            x, paint = MARGIN + NAMES + COLUMN * column, _paint(value, most)
            body.append(svg.box(x + 1, y + 1, COLUMN - 2, ROW - 2, paint, radius=2))
            body.append(svg.text(x + COLUMN / 2, y + 19, _words(value), ink=paint.ink, anchor="middle"))
    return svg.figure(max(width, 340), height, label, body)


def _paint(value: float | None, most: float) -> Paint:
    if value is None:
        return PAPER
    if value < 1:
        return FAILED
    share = log(value) / max(log(most), 1e-9)  # twice as fast is one step, wherever it starts
    return SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
