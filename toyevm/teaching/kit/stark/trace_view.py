"""A trace as a table, its columns coloured by what they are for: with numbers if it fits, else as a map of cells."""

from __future__ import annotations

from collections.abc import Collection

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAILED, GAS_SPENT, OF_TRANSACTIONS, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stark.named_table import NamedTable, signed
from toyevm.teaching.kit.svg import MARGIN, WIDTH

MOST_COLUMNS, MOST_ROWS = 16, 16  # of a table with numbers
PAINTS = (*OF_TRANSACTIONS, CRITICAL, GAS_SPENT)
ROW, HEAD, NUMBER, BIT = 26, 88, 46, 24
MAP = 26  # a second line of roles
MANY, WIDER = 100, 6  # in a map, columns of a role that has fewer than so many are drawn so much wider
Cell = tuple[int, int]


def show_trace(table: NamedTable) -> Picture:
    """Return a trace as picture and words."""
    body = [svg.heading(MARGIN, 26, heading(table)), *_legend(table)]
    if fits(table):
        body += draw_cells(table, MARGIN, HEAD)
        height: float = HEAD + ROW * len(table.trace) + MARGIN
    else:
        body += _draw_map(table)
        height = HEAD + MAP + _step(table) * len(table.trace) + MARGIN
    lines = trace_lines(table)
    label = "; ".join([lines[0], *_counts(table)])
    return Picture(svg.figure(WIDTH, int(height), label, body), "\n".join(lines))


def heading(table: NamedTable) -> str:
    """Return what a table is, in one line."""
    return f"{len(table.trace)} rows, {len(table.columns)} columns"


def fits(table: NamedTable) -> bool:
    """Return whether a table is drawn with its numbers."""
    return len(table.columns) <= MOST_COLUMNS and len(table.trace) <= MOST_ROWS


def paint_of(table: NamedTable, role: str) -> Paint:
    """Return the colours of a role."""
    return PAINTS[list(dict.fromkeys(table.roles)).index(role) % len(PAINTS)]


def trace_lines(table: NamedTable) -> list[str]:
    """Return what the picture says, line by line."""
    lines = [heading(table), *_counts(table)]
    if fits(table):
        lines.append("row  " + " ".join(f"{_short(name):>{_chars(name)}}" for name in table.columns))
        for k, row in enumerate(table.trace.tolist()):
            cells = zip(table.columns, row, strict=True)
            lines.append(f"{k:>3}  " + " ".join(f"{signed(value):>{_chars(name)}}" for name, value in cells))
    return lines


def draw_cells(table: NamedTable, left: float, top: float, marked: Collection[Cell] = ()) -> list[str]:
    """Return the strokes of a table with its numbers; marked cells have a thick frame."""
    drawn, x = [], left + 26.0
    drawn += [svg.note(left, top + ROW * k + 17, str(k)) for k in range(len(table.trace))]
    for at, (name, role) in enumerate(zip(table.columns, table.roles, strict=True)):
        width, paint = _width(name), paint_of(table, role)
        drawn.append(svg.note(x + width / 2, top - 6, _short(name), anchor="middle", ink=paint.ink))
        for k, value in enumerate(table.trace[:, at].tolist()):
            here = (k, at) in marked
            colours = FAILED if here else paint
            drawn.append(svg.box(x, top + ROW * k, width - 2, ROW - 3, colours, stroke=3 if here else 1, radius=2))
            words = svg.text(x + width / 2 - 1, top + ROW * k + 17, signed(value), size=_size(value, width),
                             ink=colours.ink, anchor="middle", bold=here)  # fmt: skip
            drawn.append(words)
        x += width
    return drawn


def cells_width(table: NamedTable) -> float:
    """Return how wide a table with numbers is drawn."""
    return 26 + sum(map(_width, table.columns))


def _size(value: int, width: float) -> int:
    """Return the size of the letters with which a number fits its cell."""
    return 13 if 9 * len(signed(value)) < width else 10 if 7 * len(signed(value)) < width else 8


def _width(name: str) -> int:
    return BIT if " bit " in name else NUMBER if " " in name or len(name) > 2 else 2 * NUMBER


def _short(name: str) -> str:
    """Return the head of a column: of a bit, what it stands for."""
    return name.rpartition(" ")[2] if " bit " in name else name


def _chars(name: str) -> int:
    return 2 if " bit " in name else 6 if len(name) > 2 else 11


def _counts(table: NamedTable) -> list[str]:
    lines = []
    for role in dict.fromkeys(table.roles):
        columns = [at for at, name in enumerate(table.roles) if name == role]
        lines.append(f"{role}: {len(columns)} column{'s' * (len(columns) > 1)}")
    return lines


def _legend(table: NamedTable, y: float = 36) -> list[str]:
    drawn, x = [], float(MARGIN)
    for words in _counts(table):
        paint = paint_of(table, words.partition(":")[0])
        width = 6.8 * len(words) + 12
        if x + width > WIDTH - MARGIN:
            x, y = float(MARGIN), y + 26
        drawn += [svg.box(x, y, width, 22, paint, radius=2), svg.note(x + 6, y + 15, words, ink=paint.ink)]
        x += width + 6
    return drawn


def _step(table: NamedTable) -> float:
    return min(8.0, 480 / len(table.trace))


def _draw_map(table: NamedTable) -> list[str]:
    """Return a cell as a spot: full colour if it is not 0, pale if it is."""
    high, top, x = _step(table), HEAD + MAP, float(MARGIN)
    drawn = [svg.note(MARGIN, top - 8, "a spot for each cell: dark where it is not 0", ink=PAPER.ink)]
    filled = table.trace != 0
    wide = (WIDTH - 2 * MARGIN) / sum(_weight(table, role) for role in table.roles)
    for role in dict.fromkeys(table.roles):
        columns = [at for at, name in enumerate(table.roles) if name == role]
        paint, each = paint_of(table, role), wide * _weight(table, role)
        drawn.append(svg.blots([(x, top, each * len(columns), high * len(table.trace))], paint.fill))
        spots = []
        for row in range(len(table.trace)):  # neighbours as one: a picture of thousands of cells stays small
            for begin, end in _stretches([bool(filled[row, at]) for at in columns]):
                spots.append((x + each * begin, top + high * row, each * (end - begin), high * 0.9))
        drawn.append(svg.blots(spots, paint.line))
        x += each * len(columns)
    return drawn


def _weight(table: NamedTable, role: str) -> int:
    return 1 if table.roles.count(role) >= MANY else WIDER


def _stretches(flags: list[bool]) -> list[tuple[int, int]]:
    """Return where true stretches begin and end.

    >>> _stretches([True, True, False, True])
    [(0, 2), (3, 4)]
    """
    edges = [k for k, (before, now) in enumerate(zip([False, *flags], [*flags, False], strict=True)) if before != now]
    return list(zip(edges[::2], edges[1::2], strict=True))
