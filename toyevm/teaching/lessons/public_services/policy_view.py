"""The matrix of designs and demands: which demand excludes which design."""

from __future__ import annotations

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import FAILED, LEFT, PAPER, TAKEN
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.public_services.policy import QUESTIONS, Advice, DesignVerdict

NAMES, COLUMN, ROW, HEAD = 255, 135, 34, 74  # pixels
FITS, EXCLUDED = "✓", "✗"


def show_policy(advice: Advice) -> Picture:
    """Return the six designs under five demands, as picture and words."""
    body = [svg.heading(MARGIN, 26, f"The simplest that is left: {advice.words}")]
    for column, (name, answer) in enumerate(advice.demands.items()):
        x = _middle(column)
        body.append(svg.note(x, 48, QUESTIONS[name].head, ink=PAPER.ink, anchor="middle"))
        body.append(svg.text(x, 64, answer, size=12, anchor="middle", bold=True))
    for row, verdict in enumerate(advice.verdicts):
        body += _row(HEAD + ROW * row, verdict, advice)
    y = HEAD + ROW * len(advice.verdicts) + 20
    for line in _reasons(advice):
        body.append(svg.note(MARGIN, y, line, ink=PAPER.ink))
        y += 18
    return Picture(svg.figure(WIDTH, y, "; ".join(advice.lines), body), str(advice))


def _middle(column: int) -> float:
    return MARGIN + NAMES + COLUMN * column + COLUMN / 2


def _row(y: float, verdict: DesignVerdict, advice: Advice) -> list[str]:
    chosen = verdict.design is advice.design
    name = LEFT if chosen else TAKEN if verdict.refusals else PAPER
    drawn = [
        svg.box(MARGIN, y, NAMES - 8, ROW - 6, name, stroke=2 if chosen else 1, dashed=bool(verdict.refusals)),
        svg.text(MARGIN + 8, y + 18, verdict.design.name, ink=name.ink, bold=chosen),
    ]
    for column, question in enumerate(QUESTIONS):
        excluded = question in verdict.refusals
        paint = FAILED if excluded else PAPER
        drawn.append(svg.box(_middle(column) - COLUMN / 2 + 4, y, COLUMN - 8, ROW - 6, paint))
        mark = EXCLUDED if excluded else FITS
        drawn.append(svg.text(_middle(column), y + 18, mark, ink=paint.ink, anchor="middle", bold=excluded))
    return drawn


def _reasons(advice: Advice) -> list[str]:
    """Return why each design was excluded that is simpler than the one that is left."""
    rows = []
    for verdict in advice.verdicts:
        if verdict.design is advice.design:
            break
        for question, reason in verdict.refusals.items():
            rows.append(f"✗ {verdict.design.name}: {advice.demands[question]}? {reason[0].upper()}{reason[1:]}.")
    if advice.design:
        rows.append(f"Still trusted: {advice.design.trusted}.")
    return rows
