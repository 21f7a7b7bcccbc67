"""Two bars of stake and one line: who signs the true checkpoint, who signs a forged one, and what is long enough."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAILED, FAINT, LEFT, PAPER, READ, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.sidechain.stakes import ACCEPTED, COLLUDES, HONEST, SILENT, Signing

BARS = ((HONEST, READ), (COLLUDES, CRITICAL), (SILENT, FAINT))
BAR, GAP, HEAD = 34, 62, 66
SCALE = WIDTH - 2 * MARGIN


def show_signing(signing: Signing) -> Picture:
    """Return who signs what, as picture and words."""
    lines = signing.lines
    body = [svg.heading(MARGIN, 26, lines[0])]
    for at, (role, paint) in enumerate(BARS):
        body += _bar(signing, role, HEAD + GAP * at, lines[2 + at] if role != SILENT else "no signature", paint)
    x, end = MARGIN + SCALE * signing.needed / signing.total, HEAD + GAP + BAR + 8
    body += [
        svg.line((x, HEAD - 22), (x, end), PAPER.ink, width=2, dashes="6 4"),
        svg.note(x + 6, HEAD - 12, f"needs {signing.needed}", ink=PAPER.ink),
    ]
    y = HEAD + GAP * len(BARS)
    paint = LEFT if signing.outcome == ACCEPTED else FAILED
    body += [
        svg.box(MARGIN, y - 18, SCALE, 28, paint),
        svg.text(MARGIN + 10, y + 1, lines[-1], ink=paint.ink, bold=True),
    ]
    return Picture(svg.figure(WIDTH, y + 24, "; ".join(lines), body), "\n".join(lines))


def _bar(signing: Signing, role: str, y: float, words: str, paint: Paint) -> list[str]:
    drawn, x = [svg.note(MARGIN, y - 6, words, ink=PAPER.ink)], float(MARGIN)
    drawn.append(svg.box(MARGIN, y, SCALE, BAR, PAPER, dashed=True))
    for name, stake in signing.stakes.items():
        if signing.roles.get(name, HONEST) == role:
            width = SCALE * stake / signing.total
            drawn += [
                svg.box(x, y, width, BAR, paint),
                svg.text(x + width / 2, y + 22, f"{name} {stake}", ink=paint.ink, anchor="middle"),
            ]
            x += width
    return drawn
