"""Eight rows and their 32 values: which of them a change of a row leaves as they were."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, FAINT, LEFT, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.polynomials.field import P, in_columns
from toyevm.teaching.lessons.polynomials.machine import POINTS, ROWS, extended

TOP, PLOT, SIDE = 98, 194, 40  # pixels: where the plot begins, how high it is, and what is left of it
STEP = (WIDTH - SIDE - MARGIN) / len(POINTS)
CELL, DOT = 58, 9


def show_extension(rows: Sequence[int]) -> Picture:
    """Return the rows, and their values over the true ones, as picture and words."""
    lines = extension_lines(rows)
    body = [svg.heading(MARGIN, 26, lines[-1]), svg.note(MARGIN, 56, "rows")]
    for k, (now, true) in enumerate(zip(rows, ROWS, strict=True)):
        paint = LEFT if now == true else FAILED
        x = MARGIN + 44 + k * (CELL + 6)
        body += [svg.box(x, 38, CELL, 28, paint, stroke=1 if now == true else 3)]
        body += [svg.text(x + CELL / 2, 57, f"{now}", ink=paint.ink, anchor="middle", bold=now != true)]
    for tick in (0, 48, 96):
        y = _height(tick)
        body += [svg.line((SIDE, y), (WIDTH - MARGIN, y), FAINT.line, width=1), svg.note(MARGIN, y + 4, str(tick))]
    for i, (now, true) in enumerate(zip(extended(rows), extended(ROWS), strict=True)):
        at = SIDE + STEP * (i + 0.5)
        body += [_dot(at, true, PAPER, DOT + 4)]
        body += [_dot(at, now, LEFT if now == true else FAILED, DOT)]
        if now != true:
            body.append(svg.line((at, _height(true)), (at, _height(now)), FAILED.line, width=1, dashes="3 3"))
    y = TOP + PLOT + 30
    body.append(
        svg.note(MARGIN, y, "the 32 points, in order; white: true value; green in white: unchanged; red: changed")
    )
    return Picture(svg.figure(WIDTH, y + 14, "; ".join(lines), body), "\n".join(lines))


def extension_lines(rows: Sequence[int]) -> list[str]:
    """Return what the picture says, line by line."""
    now, true = extended(rows), extended(ROWS)
    same = sum(a == b for a, b in zip(now, true, strict=True))
    false = [str(k) for k in range(len(ROWS)) if rows[k] != ROWS[k]]
    changed = f"row{'s' * (len(false) > 1)} {', '.join(false)} changed" if false else "no row changed"
    return [
        f"rows            {in_columns(rows)}",
        f"point           {in_columns(range(len(POINTS)))}",
        f"true codeword   {in_columns(true)}",
        f"values now      {in_columns(now)}",
        f"{changed}: {same} of {len(POINTS)} points as before",
    ]


def _height(value: int) -> float:
    return TOP + PLOT * (1 - value / (P - 1))


def _dot(x: float, value: int, paint: Paint, size: int) -> str:
    return svg.box(x - size / 2, _height(value) - size / 2, size, size, paint, radius=size // 2)
