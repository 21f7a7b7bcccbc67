"""The lists that the folds make, and which of their places a query opens."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, HERE, LEFT, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lab.turns import read_number
from toyevm.teaching.lessons.polynomials.field import in_columns
from toyevm.teaching.lessons.polynomials.fri import fold_down, places
from toyevm.teaching.lessons.polynomials.machine import POINTS, extended, quotient_values

SIDE, TOP, BOX, GAP = 76, 52, 26, 34  # pixels: left of the lists, above them, a box's height, between two lists


def show_folds(rows: Sequence[int], place: int) -> Picture:
    """Return the quotient of some rows, folded down, with what a query at a place opens.

    Raises:
        InputError: the place is none of 0 to 31.
    """
    read_number(place, 0, len(POINTS) - 1, "a place")
    lists = fold_down(quotient_values(extended(rows)))
    opened = places(place)
    lines = _lines(lists, place, opened)
    body = [svg.heading(MARGIN, 26, lines[-1])]
    for k, (pair, says) in enumerate(zip(opened, _fits(lists, opened), strict=True)):
        body.append(svg.note(MARGIN, TOP + k * (BOX + GAP) + BOX + 21, says))
        for each in pair:
            start, end = (_middle(k, each, lists), _middle(k + 1, pair[0], lists))
            body.append(svg.line((start[0], start[1] + BOX / 2), (end[0], end[1] - BOX / 2), HERE.line, width=2))
    for k, values in enumerate(lists):
        y = TOP + k * (BOX + GAP)
        body.append(svg.note(MARGIN, y + 17, f"{len(values)} values"))
        width = min(40, (WIDTH - SIDE - MARGIN) / len(values) - 2)
        for i, each in enumerate(values):
            paint = _paint(k, i, values, opened)
            x, _ = _middle(k, i, lists)
            body += [
                svg.box(x - width / 2, y, width, BOX, paint, stroke=1 if paint is PAPER else 3),
                svg.text(x, y + 18, str(each), ink=paint.ink, anchor="middle", bold=paint is not PAPER),
            ]
    y = TOP + len(lists) * (BOX + GAP)
    body.append(
        svg.note(MARGIN, y, "yellow, thick: opened; last list, green: as the first of them, red: another value")
    )
    return Picture(svg.figure(WIDTH, y + 14, "; ".join(lines), body), "\n".join(lines))


def _middle(k: int, i: int, lists: Sequence[Sequence[int]]) -> tuple[float, float]:
    return SIDE + (WIDTH - SIDE - MARGIN) / len(lists[k]) * (i + 0.5), TOP + k * (BOX + GAP) + BOX / 2


def _paint(k: int, i: int, values: Sequence[int], opened: Sequence[tuple[int, int]]) -> Paint:
    if k == len(opened):
        return LEFT if values[i] == values[0] else FAILED
    return HERE if i in opened[k] else PAPER


def _lines(lists: Sequence[Sequence[int]], place: int, opened: Sequence[tuple[int, int]]) -> list[str]:
    rows = [f"place      {in_columns(range(len(lists[0])))}"]
    for values, pair, says in zip(lists, opened, _fits(lists, opened), strict=False):
        marks = ["^^" if i in pair else "  " for i in range(pair[1] + 1)]
        rows += [f"{len(values):>2} values  {in_columns(values)}", f"opened     {' '.join(marks)}  {says}"]
    rows.append(f"{len(lists[-1]):>2} values  {in_columns(lists[-1])}")
    pairs = ", then ".join(f"{left} and {right}" for left, right in opened)
    last = lists[-1]
    same = "all equal" if len(set(last)) == 1 else "not all equal"
    return [*rows, f"place {place} opens {pairs}. The last {len(last)} values are {same}"]


def _fits(lists: Sequence[Sequence[int]], opened: Sequence[tuple[int, int]]) -> list[str]:
    """Return what a query finds in each list: the opened pair, and the value of the next list that it folds to."""
    found = zip(lists, lists[1:], opened, strict=False)
    return [f"{now[pair[0]]}, {now[pair[1]]} -> {after[pair[0]]}: fits" for now, after, pair in found]
