"""The map of rules: which constraints are not zero where a cell is changed, a row for each row of the trace."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAILED, LEFT, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stark.changed_cell import ChangedCell, rules_lines
from toyevm.teaching.kit.stark.trace_view import ROW, cells_width, draw_cells, fits
from toyevm.teaching.kit.svg import MARGIN, WIDTH

HEAD, MOST_SHOWN = 130, 32  # the map of a longer trace has only the rows in which something is wrong


def show_rules(change: ChangedCell) -> Picture:
    """Return the table with a change, and the map of its rules, as picture and words."""
    lines = rules_lines(change)
    false, found = change.false, change.false.residues()
    rows = _rows(change)
    body = [svg.heading(MARGIN, 26, lines[0])]
    left = float(MARGIN)
    if fits(false):
        marked = {(change.row, false.columns.index(change.column))} if change.add else set()
        body += draw_cells(false, MARGIN, HEAD, marked)
        left += cells_width(false) + 12
    width = (WIDTH - MARGIN - left - 30) / len(found)
    for at, (name, counts) in enumerate(found.items()):
        x = left + 30 + width * at
        body += _name(name, x + width / 2, PAPER if any(counts) else LEFT)
        body += [_value(x, HEAD + ROW * place, width, counts[row]) for place, row in enumerate(rows)]
    body += [svg.note(left + 4, HEAD + ROW * place + 17, str(row)) for place, row in enumerate(rows)]
    y = HEAD + ROW * len(rows) + 24
    body.append(svg.note(MARGIN, y, "0: the rules hold in this row; otherwise: how many of them are not 0"))
    return Picture(svg.figure(WIDTH, y + 14, "; ".join(lines), body), "\n".join(lines))


def _rows(change: ChangedCell) -> list[int]:
    rows = range(len(change.table.trace))
    if len(rows) <= MOST_SHOWN:
        return list(rows)
    found = change.false.residues().values()
    return [row for row in rows if any(counts[row] for counts in found) or row == change.row][:MOST_SHOWN]


def _name(name: str, x: float, paint: Paint) -> list[str]:
    """Return a name above its column, in lines of a few letters."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) > 8:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    top = HEAD - 8 - 14 * (len(lines) - 1)
    return [svg.note(x, top + 14 * k, words, anchor="middle", ink=paint.ink) for k, words in enumerate(lines)]


def _value(x: float, y: float, width: float, count: int) -> str:
    paint = LEFT if not count else CRITICAL if count == 1 else FAILED
    words = svg.text(x + width / 2, y + 17, str(count), ink=paint.ink, anchor="middle", bold=count > 0)
    return svg.box(x + 1, y, width - 3, ROW - 3, paint, stroke=1 if not count else 3, radius=2) + words
