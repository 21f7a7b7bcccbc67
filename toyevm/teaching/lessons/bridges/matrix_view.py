"""The trust matrix as a picture: attacks in rows, systems in columns, and a word in each cell."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAILED, FAINT, HERE, LEFT, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.bridges.trust_matrix import NONE, SYSTEMS, VERDICTS, matrix_lines

PAINTS: Mapping[str, Paint] = {"stolen": FAILED, "frozen": CRITICAL, "delayed": HERE, "safe": LEFT, NONE: FAINT}
COLUMN, ROW, LABEL, HEAD = 150, 38, 150, 66


def show_matrix() -> Picture:
    """Return the matrix, as picture and words."""
    lines = matrix_lines()
    body = [svg.heading(MARGIN, 26, "What an attack comes to, if its system's own defence is in place")]
    body += [svg.text(LABEL + COLUMN * at + 8, HEAD - 10, name, bold=True) for at, name in enumerate(SYSTEMS)]
    for row, (attack, words) in enumerate(VERDICTS.items()):
        y = HEAD + ROW * row
        body.append(svg.text(MARGIN, y + 22, attack, bold=True))
        for at, word in enumerate(words):
            paint, x = PAINTS[word], LABEL + COLUMN * at
            body += [
                svg.box(x, y, COLUMN - 8, ROW - 6, paint),
                svg.text(x + COLUMN / 2 - 4, y + 21, word, ink=paint.ink, anchor="middle", bold=word == "stolen"),
            ]
    y = HEAD + ROW * len(VERDICTS) + 18
    body.append(svg.note(MARGIN, y, f"{NONE}: this attack does not concern the system", ink=PAPER.ink))
    return Picture(svg.figure(WIDTH, y + 18, "; ".join(lines), body), "\n".join(lines))
