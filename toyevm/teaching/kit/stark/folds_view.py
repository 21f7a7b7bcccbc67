"""A word, fold by fold: its false places, and the places that a query opens."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, HERE, LEFT, PAPER, READ
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stark.folding import Folding
from toyevm.teaching.kit.svg import MARGIN, WIDTH

TOP, STEP, CELL, SCALE = 64, 62, 30, WIDTH - 2 * MARGIN
MOST_NUMBERED = 64  # places of a word that is drawn with numbers


def show_folds(folding: Folding, query: int) -> Picture:
    """Return each word with its false places, and a query's way through them, as picture and words."""
    lines = folds_lines(folding, query)
    body = [svg.heading(MARGIN, 26, lines[0])]
    opened, levels = folding.opened(query), folding.levels
    for level, (size, places, false) in enumerate(zip(folding.sizes, opened, levels, strict=True)):
        y, wide = TOP + STEP * level, SCALE / size
        body.append(svg.note(MARGIN, y - 6, f"word of {size}", ink=PAPER.ink))
        if size > MOST_NUMBERED:
            body += _crowd(size, places, false, y)
        else:
            body += [piece for at in range(size) for piece in _place(at, at in places, at in false, y, wide)]
        if level + 1 < len(opened):
            (arrival,), below = {place % folding.sizes[level + 1] for place in places}, SCALE / folding.sizes[level + 1]
            end = (MARGIN + below * (arrival + 0.5), y + STEP)
            body.append(svg.strokes([((MARGIN + wide * (at + 0.5), y + CELL), end) for at in places], PAPER.ink))
    y = TOP + STEP * len(opened)
    paint = FAILED if folding.says_no(query) else HERE if folding.false else LEFT
    body.append(svg.note(MARGIN, y - 8, "red: false; thick frame: opened by the query"))
    body += [svg.box(MARGIN, y, SCALE, 28, paint), svg.text(MARGIN + 10, y + 19, lines[-1], ink=paint.ink, bold=True)]
    return Picture(svg.figure(WIDTH, y + 40, "; ".join(lines), body), "\n".join(lines))


def folds_lines(folding: Folding, query: int) -> list[str]:
    """Return what the picture says, line by line."""
    lines = [f"{len(folding.false)} of {folding.size} places are false; a query at place {query}"]
    for size, places, false in zip(folding.sizes, folding.opened(query), folding.levels, strict=True):
        wrong = ", ".join(map(str, sorted(false))) or "none"
        lines.append(f"word of {size}: opened {', '.join(map(str, places))}; false {wrong}")
    notice = "the query notices" if folding.says_no(query) else "the query does not notice"
    return [*lines, f"{notice}; {folding.caught} of {folding.size} places would"]


def _place(at: int, opened: bool, false: bool, y: float, wide: float) -> list[str]:
    paint = FAILED if false else READ if opened else PAPER
    words = svg.text(MARGIN + wide * (at + 0.5), y + 20, str(at), size=12, ink=paint.ink, anchor="middle", bold=opened)
    return [svg.box(MARGIN + wide * at + 1, y, wide - 2, CELL, paint, stroke=4 if opened else 1, radius=2), words]


def _crowd(size: int, places: list[int], false: frozenset[int], y: float) -> list[str]:
    wide = SCALE / size
    spots = {ink: [(MARGIN + wide * at, y, max(wide * 0.9, 1), float(CELL)) for at in some]
             for ink, some in ((FAILED.line, false), (PAPER.ink, places))}  # fmt: skip
    return [svg.box(MARGIN, y, SCALE, CELL, PAPER), *(svg.blots(some, ink) for ink, some in spots.items() if some)]
