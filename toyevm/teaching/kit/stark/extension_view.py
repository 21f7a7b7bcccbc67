"""A column of a trace, extended: the values of its polynomial at the points of the longer domain."""

from __future__ import annotations

from toyevm.rollups.zk.field import GENERATOR, P
from toyevm.rollups.zk.ntt import extend, interpolate
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAINT, READ, WRITTEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stark.named_table import NamedTable
from toyevm.teaching.kit.svg import MARGIN, WIDTH

TOP, PLOT, MOST_LISTED = 56, 190, 32


def show_column(table: NamedTable, column: str, blowup: int = 4) -> Picture:
    """Return a column and its word, as picture and words.

    Raises:
        InputError: there is no such column.
    """
    table.changed(0, column, 0)  # refuses a column that there is not
    values = table.trace[:, table.columns.index(column)]
    word = extend(interpolate(values[:, None]), blowup, GENERATOR)[:, 0].tolist()
    rows = values.tolist()
    lines = [f"column {column}: {len(rows)} rows, extended to {len(word)} points", _line("rows", rows)]
    lines.append(_line("word", word))
    body = [svg.heading(MARGIN, 26, lines[0])]
    for share, words in ((0, "0"), (1, "p")):
        y = _height(share * P)
        body += [svg.line((MARGIN + 20, y), (WIDTH - MARGIN, y), FAINT.line, width=1), svg.note(MARGIN, y + 4, words)]
    step = (WIDTH - 2 * MARGIN - 30) / len(word)
    for i, value in enumerate(word):
        body.append(svg.box(MARGIN + 30 + step * i, _height(value) - 3, max(min(step - 2, 9), 1.5), 6, READ, radius=1))
    for i, value in enumerate(rows):
        body.append(svg.box(MARGIN + 30 + step * blowup * i, _height(value) - 5, 10, 10, WRITTEN, stroke=2, radius=0))
    y = TOP + PLOT + 26
    body.append(svg.note(MARGIN, y, "orange squares: the rows; blue: the word at the points of the longer domain"))
    return Picture(svg.figure(WIDTH, y + 14, lines[0], body), "\n".join(lines))


def _height(value: int) -> float:
    return TOP + PLOT * (1 - value / P)


def _line(name: str, values: list[int]) -> str:
    more = f" … {len(values) - MOST_LISTED:,} more" if len(values) > MOST_LISTED else ""
    return f"{name}  {' '.join(map(str, values[:MOST_LISTED]))}{more}"
