"""A proof as a bar of its parts, with the byte that is changed, and what the verifier says to it."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, LEFT, OF_TRANSACTIONS, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stark.tampering import Proven, meaning
from toyevm.teaching.kit.svg import MARGIN, WIDTH

BAR, TOP, ROW, SCALE = 34, 64, 24, WIDTH - 2 * MARGIN


def show_tampering(proven: Proven, place: int | None = None) -> Picture:
    """Return the parts of a proof, and what happens if a bit of a byte is flipped; with None, nothing is."""
    lines = tamper_lines(proven, place)
    body = [svg.heading(MARGIN, 26, lines[0])]
    size, chosen = len(proven.proof), None if place is None else proven.part_of(place)
    for k, (what, begin, end) in enumerate(proven.parts):
        paint, here = OF_TRANSACTIONS[k % len(OF_TRANSACTIONS)], what == chosen
        x, y = MARGIN + SCALE * begin / size, TOP + BAR + 24 + ROW * k
        body.append(svg.box(x, TOP, SCALE * (end - begin) / size, BAR, paint, radius=0))
        body += [svg.box(MARGIN, y - 15, 18, 18, paint, radius=2), svg.text(MARGIN + 28, y, what, bold=here)]
        body.append(svg.text(MARGIN + 330, y, places(begin, end), anchor="end", bold=here))
        body.append(svg.text(MARGIN + 345, y, meaning(what), bold=here))
    if place is not None:
        x = MARGIN + SCALE * (place + 0.5) / size
        body += [svg.line((x, TOP - 12), (x, TOP + BAR + 6), PAPER.ink, width=3)]
    y = TOP + BAR + 36 + ROW * len(proven.parts)
    paint = LEFT if place is None else FAILED
    body += [
        svg.box(MARGIN, y - 18, SCALE, 28, paint),
        svg.text(MARGIN + 10, y + 1, lines[-1], ink=paint.ink, bold=True),
    ]
    return Picture(svg.figure(WIDTH, y + 24, "; ".join(lines), body), "\n".join(lines))


def tamper_lines(proven: Proven, place: int | None) -> list[str]:
    """Return what the picture says, line by line."""
    size = len(proven.proof)
    head = f"a proof of {size:,} bytes" + ("" if place is None else f"; a bit of byte {place:,} is flipped")
    lines = [head]
    for what, begin, end in proven.parts:
        here = place is not None and begin <= place < end
        lines.append(f"{'>' if here else ' '} {what:<26} {places(begin, end):>14}  {meaning(what)}")
    answer = proven.answer(place)
    return [*lines, f"the verifier: {answer}" if place is None else f"first to say no: {answer}"]


def places(begin: int, end: int) -> str:
    """Return which bytes a part has, without a comma: as a student types them.

    >>> places(0, 2304)
    '0 to 2303'
    """
    return f"{begin} to {end - 1}"
