"""Two chains, one above the other: what lies in L1's escrow, and what the sidechain has credited for it."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, FAINT, LEFT, PAPER, READ, TAKEN, WRITTEN, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.kit.two_chains import TwoChains

BOX, STEP, HEIGHT, LABEL = 54, 62, 34, 150
ROWS = 60  # from one chain to the next


def show_two_chains(model: TwoChains) -> Picture:
    """Return both chains, the escrow and the supply, as picture and words."""
    lines = model.lines
    legend = svg.note(WIDTH - MARGIN, 26, "in a box: number of the block, ether", anchor="end")
    body = [svg.heading(MARGIN, 26, lines[0]), legend]
    rows = (("L1, lost", model.lost, TAKEN), ("L1", model.l1, READ), ("sidechain", model.credits, WRITTEN))
    for at, (name, blocks, paint) in enumerate(rows):
        y = 44 + ROWS * at
        body.append(svg.text(MARGIN, y + 22, name, bold=True, ink=FAINT.ink if paint is TAKEN else PAPER.ink))
        body += [piece for number, ether in blocks for piece in _block(number, ether, y, paint)]
    y = 44 + ROWS * len(rows)
    paint = FAILED if model.supply > model.escrow else LEFT
    body += [
        svg.text(MARGIN, y + 14, lines[-2]),
        svg.box(MARGIN, y + 26, WIDTH - 2 * MARGIN, 28, paint),
        svg.text(MARGIN + 10, y + 45, lines[-1], ink=paint.ink, bold=True),
    ]
    return Picture(svg.figure(WIDTH, y + 68, "; ".join(lines), body), "\n".join(lines))


def _block(number: int, ether: int, y: float, paint: Paint) -> list[str]:
    x = LABEL + STEP * (number - 1)
    drawn = [svg.box(x, y, BOX, HEIGHT, paint, dashed=paint is TAKEN)]
    if paint is TAKEN:
        drawn.append(svg.hatch(x, y, BOX, HEIGHT, paint.line))
    return [*drawn, svg.text(x + BOX / 2, y + 22, f"{number}: {ether}", ink=paint.ink, anchor="middle", bold=ether > 0)]
