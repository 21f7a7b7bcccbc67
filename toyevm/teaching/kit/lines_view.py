"""Lines below a picture: a word in the first column, what it is about in the second, one of them marked."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import Paint
from toyevm.teaching.kit.svg import MARGIN, WIDTH

LINE, SECOND = 22, 90


def draw_lines(lines: Sequence[str], top: float, marked: str, paint: Paint) -> list[str]:
    """Return the strokes of lines, the first with its baseline at `top`; the one that begins with `marked` in a box."""
    drawn = []
    for at, line in enumerate(lines):
        y = top + LINE * at
        name, _, rest = line.partition(" ")
        if name == marked:
            drawn.append(svg.box(MARGIN - 6, y - 15, WIDTH - 2 * MARGIN + 12, LINE - 2, paint, radius=2))
        drawn.append(svg.text(MARGIN, y, name, bold=name == marked))
        drawn.append(svg.text(MARGIN + SECOND, y, rest.strip()))
    return drawn
