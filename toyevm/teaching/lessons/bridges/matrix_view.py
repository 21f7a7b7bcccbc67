"""The trust matrix as a picture: attacks in rows, systems in columns, and a word in each cell."""

from __future__ import annotations

from collections.abc import Mapping

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAILED, FAINT, HERE, LEFT, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.bridges.trust_matrix import LEGEND, NONE, SYSTEMS, VERDICTS, matrix_lines, words_of

PAINTS: Mapping[str, Paint] = {"stolen": FAILED, "frozen": CRITICAL, "delayed": HERE, "safe": LEFT, NONE: FAINT}
COLUMN, ROW, LABEL, HEAD = 150, 38, 150, 66


def show_matrix() -> Picture:
    """Return the matrix, as picture and words."""
    lines = matrix_lines()
    body = [svg.heading(MARGIN, 26, "Result of each attack, with the system's own defence in place")]
    body += [svg.text(LABEL + COLUMN * at + 8, HEAD - 10, name, bold=True) for at, name in enumerate(SYSTEMS)]
    for row, attack in enumerate(VERDICTS):
        y = HEAD + ROW * row
        body.append(svg.text(MARGIN, y + 22, attack, bold=True))
        for at, word in enumerate(words_of(attack)):
            paint, x = PAINTS[word.split(" ")[0]], LABEL + COLUMN * at
            body += [
                svg.box(x, y, COLUMN - 8, ROW - 6, paint),
                svg.text(x + COLUMN / 2 - 4, y + 21, word, ink=paint.ink, anchor="middle", bold=word == "stolen"),
            ]
    y = HEAD + ROW * len(VERDICTS) + 18
    body.append(svg.note(MARGIN, y, LEGEND, ink=PAPER.ink))
    return Picture(svg.figure(WIDTH, y + 18, "; ".join(lines), body), "\n".join(lines))
