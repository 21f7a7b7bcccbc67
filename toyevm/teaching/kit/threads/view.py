"""Lanes with the version table below: what each core has done and is about to do, and what all of them share.

Boxes stand in the order of time, painted by transaction; those of an incarnation that is aborted are hatched. In the
table, a thick frame marks what the last event has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from toyevm.simulation.notation import letter
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.marks import CROSS
from toyevm.teaching.kit.palette import FAILED, FAINT, HERE, LEFT, OF_TRANSACTIONS, PANEL, PAPER, TAKEN, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.kit.threads.events import CoreEvent
from toyevm.teaching.kit.threads.model import Threads
from toyevm.teaching.kit.threads.words import (
    ESTIMATE,
    box_words,
    changed,
    coming_words,
    describe_threads,
    number,
    sentence,
    shown_events,
    title_of,
    verdict,
    with_version,
)

HEAD, LANE, CORE, COLUMN, NEXT = 72, 70, 62, 92, 132
NAMES, ROW, NARROW = 120, 26, 84
CHARACTER = 7  # how wide one is, about, in words of 12 pixels


def show_threads(model: Threads) -> Picture:
    """Return lanes and version table, and as their text twin the same in lines."""
    return Picture(_draw(model), describe_threads(model))


def _draw(model: Threads) -> str:
    column = max(NARROW, (WIDTH - 2 * MARGIN - NAMES) / (model.size + 2))
    width = round(2 * MARGIN + NAMES + column * (model.size + 2))
    top = HEAD + LANE * model.cores + 18
    bottom = top + ROW * (len(model.watched) + 6) + 22
    says = verdict(model)
    good = says and says[0].startswith("Right")
    body = [*_lanes(model), *_table(model, top, column)]
    body += [
        svg.text(MARGIN, bottom + 20 * line, words, size=15, bold=True, ink=(LEFT if good else FAILED).ink)
        for line, words in enumerate(says)
    ]
    label = "; ".join(describe_threads(model).split("\n"))
    return svg.figure(width, bottom + 20 * max(len(says), 1) - 6, label, body)


def _lanes(model: Threads) -> Iterator[str]:
    shown, aborted = shown_events(model), model.aborted
    yield svg.heading(MARGIN, 26, title_of(model))
    if model.events:
        last = model.events[-1]
        yield svg.text(MARGIN, 46, f"core {last.core}: {sentence(model, last)}", size=13, bold=True)
    left_out = len(model.events) - len(shown)
    if left_out:
        yield svg.note(MARGIN, HEAD - 8, f"{left_out} earlier")
    right = WIDTH - MARGIN - NEXT
    yield svg.note(WIDTH - MARGIN, 26, f"striped, {CROSS}: the incarnation is aborted", anchor="end")
    yield svg.note(right + 8, HEAD - 8, "next")
    for core in range(model.cores):
        y = HEAD + LANE * core
        yield svg.box(MARGIN, y, WIDTH - 2 * MARGIN, LANE - 6, PANEL)
        yield svg.text(MARGIN + 8, y + LANE / 2, f"core {core}", size=13, bold=True)
        yield from _next(model, core, right, y)
    for place, (count, event) in enumerate(shown):
        x = MARGIN + CORE + COLUMN * place
        yield svg.note(x + COLUMN / 2, HEAD - 8, str(count), anchor="middle")
        yield from _event(model, event, x, event.version in aborted, is_last=place == len(shown) - 1)


def _next(model: Threads, core: int, x: float, lane_top: float) -> Iterator[str]:
    goes = model.coming(core) is not None
    paint = PAPER if goes else FAINT
    yield svg.box(x + 4, lane_top + 4, NEXT - 8, LANE - 14, paint, dashed=True)
    lines = wrap(coming_words(model, core), (NEXT - 20) // CHARACTER)[:3]
    for line, words in enumerate(lines):
        yield svg.text(x + 12, lane_top + 22 + 15 * line, words, size=12, ink=paint.ink)


def _event(model: Threads, event: CoreEvent, x: float, is_aborted: bool, is_last: bool) -> Iterator[str]:
    y, paint = HEAD + LANE * event.core, _paint(event.version.tx_index)
    width, height = COLUMN - 4, LANE - 10
    yield svg.box(x + 2, y + 2, width, height, paint, stroke=3 if is_last else 1.2, dashed=is_aborted)
    if is_aborted:
        yield svg.hatch(x + 2, y + 2, width, height, paint.line, opacity=0.22)
    name, *rest = box_words(model, event)
    lines = [f"{name} {CROSS}" if is_aborted else name, *rest]
    for line, words in enumerate(lines):
        yield svg.text(x + 7, y + 15 + 14 * line, _cut(words, width - 4), size=12, ink=paint.ink, bold=line == 0)


def _table(model: Threads, top: float, column: float) -> Iterator[str]:
    table, left = model.table, MARGIN + NAMES
    yield svg.text(MARGIN, top + 16, "version table", size=13, bold=True)
    for place, words in enumerate(["before", *(f"{letter(i)} = {i}" for i in range(model.size)), "end"]):
        x = left + column * (place + 0.5)
        yield svg.text(x, top + 16, words, size=13, bold=0 < place <= model.size, anchor="middle")
    y = top + ROW
    for location, name in model.watched.items():
        yield svg.text(MARGIN, y + 17, _cut(name, NAMES - 8), size=13, bold=True)
        yield from _cell(left, y, column, number(model, location, model.initial(location)), PAPER)
        for tx_index in range(model.size):
            x, key = left + column * (tx_index + 1), (location, tx_index)
            is_new = changed(model, "entries", key)
            if key not in table.entries:
                yield from _cell(x, y, column, "", HERE if is_new else PANEL, is_new)
            elif (entry := table.entries[key]) is None:
                yield from _cell(x, y, column, ESTIMATE, TAKEN, is_new, is_estimate=True)
            else:
                yield from _cell(x, y, column, with_version(model, location, entry), _paint(tx_index), is_new)
        y += ROW
    waits = {tx_index: letter(other) for tx_index, other in table.waits_for.items()}
    rows = {
        "statuses": ("status", [status.value for status in table.statuses]),
        "incarnations": ("incarnation", list(map(str, table.incarnations))),
        "waits_for": ("waits for", [waits.get(tx_index, "") for tx_index in range(model.size)]),
    }
    y += 6
    for what, (name, cells) in rows.items():
        yield svg.text(MARGIN, y + 17, name, size=13)
        for tx_index, words in enumerate(cells):
            is_new = changed(model, what, tx_index)
            yield from _cell(left + column * (tx_index + 1), y, column, words, PAPER, is_new)
        y += ROW
    for name in ("execution_index", "validation_index"):
        yield from _cursor(model, name, left, y, column)
        y += ROW


def _cursor(model: Threads, name: str, left: float, y: float, column: float) -> Iterator[str]:
    """Mark where a cursor stands on the axis of the transactions."""
    index, is_new = getattr(model.table, name), changed(model, name)
    yield svg.text(MARGIN, y + 17, name, size=13)
    yield svg.line((left + column, y + ROW / 2), (left + column * (model.size + 2), y + ROW / 2), PANEL.line, width=1)
    x = left + column * (min(index, model.size) + 1)
    yield svg.box(x + column / 2 - 24, y + 3, 48, ROW - 6, HERE if is_new else PAPER, stroke=3 if is_new else 1.2)
    words = f"▲ {index}"
    yield svg.text(x + column / 2, y + 17, words, size=13, bold=True, anchor="middle")


def _cell(
    x: float, y: float, column: float, words: str, paint: Paint, is_new: bool = False, is_estimate: bool = False
) -> Iterator[str]:
    framed = Paint(paint.fill, HERE.line, paint.ink) if is_new else paint
    yield svg.box(x + 3, y + 2, column - 6, ROW - 4, framed, stroke=3 if is_new else 1, dashed=is_estimate)
    if is_estimate:
        yield svg.hatch(x + 3, y + 2, column - 6, ROW - 4, paint.line, opacity=0.4)
        wide = CHARACTER * len(words) + 14
        yield svg.box(x + (column - wide) / 2, y + 4, wide, ROW - 8, PAPER, stroke=0, radius=2)
    ink = PAPER.ink if is_estimate else paint.ink
    yield svg.text(x + column / 2, y + 17, _cut(words, column - 4), size=12, ink=ink, bold=is_estimate, anchor="middle")


def _paint(tx_index: int) -> Paint:
    return OF_TRANSACTIONS[tx_index % len(OF_TRANSACTIONS)] if tx_index >= 0 else PAPER


def _cut(words: str, width: float) -> str:
    """Return as much of words as has room; the text twin has all."""
    most = int(width // CHARACTER)
    return words if len(words) <= most else words[: most - 1] + "…"
