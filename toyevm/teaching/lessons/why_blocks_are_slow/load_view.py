"""Demand against room, block by block: what arrived, what went in, what waits, and what the base fee does about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.stepper.view import Picture
from toyevm.teaching.kit.svg import FAINT, LEFT, PAPER, READ, WRITTEN, Paint

WIDTH, MARGIN, SIDE, TOP, BAND, GAP = 960, 14, 150, 40, 96, 22
ARRIVED = Paint("#d9d9d4", "#767676", PAPER.ink)
INCLUDED = Paint("#7cc7ad", LEFT.line, LEFT.ink)
WAITING = Paint("#a9cfee", READ.line, READ.ink)
FEE = Paint("#f2b45c", WRITTEN.line, WRITTEN.ink)


class LoadRow(NamedTuple):
    """One block under load; `base_fee` is in gwei, `waiting` is counted after the block."""

    number: int
    arrived: int
    included: int
    waiting: int
    base_fee: float


def show_load(rows: Sequence[LoadRow], room: int) -> Picture:
    """Return the course of things as four rows of bars, and as their text twin a table.

    Args:
        room: how many payments fit into a block.
    """
    return Picture(_draw(rows, room), load_table(rows, room))


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


def _draw(rows: Sequence[LoadRow], room: int) -> str:
    bands: tuple[tuple[str, str, Paint, Callable[[LoadRow], float]], ...] = (
        ("arrive", "payments", ARRIVED, lambda row: row.arrived),
        ("go in", f"room for {room}", INCLUDED, lambda row: row.included),
        ("wait", "after the block", WAITING, lambda row: row.waiting),
        ("base fee", "gwei per gas", FEE, lambda row: row.base_fee),
    )
    column = (WIDTH - SIDE - 2 * MARGIN) / max(len(rows), 1)
    body = [svg.text(MARGIN, 26, "demand against room, block by block", size=14, bold=True)]
    most_payments = max([room, *(row.arrived for row in rows)])
    for place, (name, remark, paint, value) in enumerate(bands):
        top = TOP + place * (BAND + GAP)
        most = most_payments if place < 2 else max([1.0, *map(value, rows)])
        body += [
            svg.text(MARGIN, top + 40, name, size=15, bold=True, ink=paint.ink),
            svg.note(MARGIN, top + 58, remark),
            svg.line((SIDE, top + BAND), (WIDTH - MARGIN, top + BAND), FAINT.line),
        ]
        for index, row in enumerate(rows):
            body += _bar(value(row), most, SIDE + index * column, top, column, paint, with_words=len(rows) <= 32)
    bottom = TOP + len(bands) * (BAND + GAP)
    for index, row in enumerate(rows):
        if row.number == 1 or row.number % 4 == 0:
            body.append(svg.note(SIDE + (index + 0.5) * column, bottom - 4, str(row.number), anchor="middle"))
    body.append(svg.note(MARGIN, bottom - 4, "block"))
    label = "Bar chart. " + "; ".join(load_table(rows, room).split("\n"))
    return svg.figure(WIDTH, bottom + 10, label, body)


def _bar(
    value: float, most: float, x: float, top: float, column: float, paint: Paint, *, with_words: bool
) -> list[str]:
    height = (BAND - 14) * value / most
    words = f"{value:.0f}"
    return [
        svg.box(x + 2, top + BAND - height, column - 4, height, paint, radius=1) if value else "",
        svg.text(x + column / 2, top + BAND - height - 3, words, size=12, ink=FAINT.ink, anchor="middle")
        if with_words
        else "",
    ]


PAINTS = (FEE, WAITING, INCLUDED)  # whatever carries words here
