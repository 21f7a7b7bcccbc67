"""A dispute as nine states in a row: the claims, the range that shrinks below them, the one step that is left."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.bisection.eight_steps import PROGRAM, STEPS
from toyevm.teaching.kit.bisection.model import Bisection
from toyevm.teaching.kit.palette import CRITICAL, FAILED, FAINT, HERE, LEFT, PAPER, READ, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH

GAP = (WIDTH - 2 * MARGIN - 76) / STEPS  # from one state to the next
TOP, BOX, BAR, ROW = 58, 34, 12, 24
FIRST_BAR = TOP + BOX + 34


def show_bisection(game: Bisection) -> Picture:
    """Return a dispute, as picture and words."""
    lines = game.lines
    body = [svg.heading(MARGIN, 26, lines[0])]
    body += [piece for at in range(STEPS + 1) for piece in _state(game, at)]
    body += [piece for at, name in enumerate(PROGRAM) for piece in _step(game, at, name)]
    body += [piece for row in range(len(game.ranges)) for piece in _range(game, row)]
    y = FIRST_BAR + ROW * 4 + 14
    for line in lines[1:-1] or [""]:
        body.append(svg.text(MARGIN, y, line))
        y += ROW
    over = game.disputed is not None
    paint = (LEFT if game.convicted else FAILED) if over else HERE
    body += [
        svg.box(MARGIN, y - 16, WIDTH - 2 * MARGIN, 28, paint),
        svg.text(MARGIN + 10, y + 3, lines[-1], ink=paint.ink, bold=True),
    ]
    return Picture(svg.figure(WIDTH, int(y) + 26, "; ".join(lines), body), "\n".join(lines))


def _x(at: int) -> float:
    return MARGIN + 38 + GAP * at


def _state(game: Bisection, at: int) -> list[str]:
    shown = at in game.shown
    paint: Paint = READ if shown else PAPER
    if at == game.middle:
        paint = HERE
    label = game.claims[at].short if shown else "?"
    return [
        svg.box(_x(at) - 34, TOP, 68, BOX, paint, dashed=not shown),
        svg.text(_x(at), TOP + 21, label, ink=paint.ink, anchor="middle", mono=True),
        svg.note(_x(at), TOP - 6, f"state {at}", anchor="middle", ink=PAPER.ink),
    ]


def _step(game: Bisection, at: int, name: str) -> list[str]:
    x, left = _x(at) + GAP / 2, at == game.disputed
    words = svg.text(x, TOP + BOX + 16, name, size=12, anchor="middle", bold=left, ink=PAPER.ink if left else FAINT.ink)
    return [svg.box(x - 46, TOP + BOX + 2, 92, 20, CRITICAL), words] if left else [words]


def _range(game: Bisection, row: int) -> list[str]:
    low, high = game.ranges[row]
    y = FIRST_BAR + ROW * row
    paint = CRITICAL if row == len(game.ranges) - 1 else FAINT
    return [svg.box(_x(low), y, GAP * (high - low), BAR, paint, radius=2)]
