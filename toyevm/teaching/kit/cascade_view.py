"""Which abort led to which: a column for each depth, an arrow from the transaction whose value was missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toyevm.simulation.metrics import Abort, cascade
from toyevm.simulation.notation import version_name
from toyevm.simulation.run import Run
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.incarnations_view import NO_NAMES, location_name
from toyevm.teaching.kit.marks import CROSS
from toyevm.teaching.kit.palette import FAILED, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.types import Location, Version

MOST = 12  # transactions whose aborts are shown, the lowest ones
HEAD, ROW, GAP, WIDEST, NARROW, CHARACTER = 66, 46, 34, 190, 80, 7


def show_cascade(run: Run, names: Mapping[Location, str] = NO_NAMES, heading: str = "cascade of aborts") -> Picture:
    """Return the aborts of a run as a graph of transactions, and as its text twin a line for each.

    An arrow goes from a transaction to those that were aborted because they missed its value. The depth is the one of
    `measure`: 1, or one more than that of the transaction whose value was missed.
    """
    return Picture(_draw(run, names, heading), describe_cascade(run, names, heading))


def describe_cascade(run: Run, names: Mapping[Location, str], heading: str) -> str:
    """Return the aborts in words, and how deep they go."""
    shown = _shown(run)
    lines = [f"{heading}: {_summary(cascade(run))}"]
    roots = sorted(
        {abort.writer for abort in shown if abort.writer is not None} - {abort.span.tx_index for abort in shown}
    )
    if roots:
        lines.append(f"depth 0: {', '.join(map(_letter, roots))} not aborted")
    lines += [f"depth {abort.depth}: {_name(abort)} {CROSS} missed {_reason(abort, names)}" for abort in shown]
    return "\n".join([*lines, *_left_out(run)])


def _left_out(run: Run) -> list[str]:
    left = len(cascade(run)) - len(_shown(run))
    return [f"{left} more aborts are not shown"] if left else []


def _summary(aborts: tuple[Abort, ...]) -> str:
    count, depth = len({abort.span.tx_index for abort in aborts}), max((abort.depth for abort in aborts), default=0)
    return f"{len(aborts)} aborts of {count} transactions, depth {depth} (simulated)"


def _shown(run: Run) -> tuple[Abort, ...]:
    """Return the aborts of the lowest transactions that fit."""
    aborts = cascade(run)
    lowest = sorted({abort.span.tx_index for abort in aborts})[:MOST]
    return tuple(abort for abort in aborts if abort.span.tx_index in lowest)


def _name(abort: Abort) -> str:
    return version_name(Version(abort.span.tx_index, abort.span.incarnation))


def _letter(tx_index: int) -> str:
    return version_name(Version(tx_index)).partition(".")[0]


def _reason(abort: Abort, names: Mapping[Location, str]) -> str:
    place = location_name(abort.span.cause, names)
    return f"{place} of {_letter(abort.writer)}" if abort.writer is not None else f"an older {place}"


def _draw(run: Run, names: Mapping[Location, str], heading: str) -> str:
    aborts, shown = cascade(run), _shown(run)
    depths: dict[int, int] = {abort.writer: 0 for abort in shown if abort.writer is not None}
    for abort in shown:
        depths[abort.span.tx_index] = max(depths.get(abort.span.tx_index, 0), abort.depth)
    rows = {tx_index: row for row, tx_index in enumerate(sorted(depths))}
    columns = max(depths.values(), default=0) + 1
    column = min(WIDEST + GAP, (WIDTH - 2 * MARGIN) / columns)
    place = {i: (MARGIN + column * depths[i], HEAD + ROW * row, column - GAP) for i, row in rows.items()}
    left_out, bottom = _left_out(run), HEAD + ROW * max(len(rows), 1)
    body = [
        svg.heading(MARGIN, 24, f"{heading}: {_summary(aborts)}"),
        *(svg.note(MARGIN, bottom + 12, words) for words in left_out),
        *(svg.note(MARGIN + column * depth, 54, f"depth {depth}") for depth in range(columns if rows else 0)),
    ]
    arrows = sorted({(a.writer, a.span.tx_index) for a in shown if a.writer is not None})
    for before, after in arrows:
        into_column = sorted({writer for writer, other in arrows if depths[other] == depths[after]})
        body.append(_arrow(place[before], place[after], into_column.index(before)))
    for tx_index, (x, y, width) in place.items():
        body += _box(tx_index, [abort for abort in shown if abort.span.tx_index == tx_index], x, y, width, names)
    label = "; ".join(describe_cascade(run, names, heading).split("\n"))
    return svg.figure(WIDTH, bottom + 8 + 14 * len(left_out), label, body)


def _arrow(start: tuple[float, float, float], end: tuple[float, float, float], number: int) -> str:
    """Return an arrow to the right and down, through the gap before its end: no box is in its way.

    Those from several transactions go down beside each other, by their number.
    """
    (x1, y1, width), (x2, y2, _) = start, end
    turn = x2 - GAP + 5 + 5 * (number % 4)
    return svg.arrow([(x1 + width, y1 + 16), (turn, y1 + 16), (turn, y2 + 24), (x2, y2 + 24)], FAILED.line)


def _box(
    tx_index: int, aborts: list[Abort], x: float, y: float, width: float, names: Mapping[Location, str]
) -> Iterator[str]:
    paint = FAILED if aborts else PAPER
    yield svg.box(x, y, width, ROW - 8, paint, dashed=bool(aborts))
    title = " ".join(f"{_name(abort)} {CROSS}" for abort in aborts) or _letter(tx_index)
    reasons = list(dict.fromkeys(_reason(abort, names) for abort in aborts))
    lines = [title, reasons[0] + " …" * (len(reasons) > 1) if reasons else "not aborted"]
    if width < NARROW:
        lines = [_letter(tx_index), CROSS * min(len(aborts), 4)]
    most = int((width - 8) // CHARACTER)
    for line, words in enumerate(lines):
        cut = words if len(words) <= most else words[: max(most - 1, 0)] + "…"
        yield svg.text(x + 6, y + 16 + 15 * line, cut, size=12, ink=paint.ink, bold=line == 0)
