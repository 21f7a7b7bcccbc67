"""A speculative run as lanes, attempt by attempt, and who saw which version of one location.

What was thrown away is hatched. The mark in each attempt is the result of validation: a tick (committed) or a cross
(aborted). `show_reads` looks at a single location: which version each attempt has seen there, and which one
was there when it was checked.
"""

from __future__ import annotations

from collections.abc import Collection

from toyevm.simulation.costs import DEFAULT_COSTS, CostModel
from toyevm.simulation.metrics import measure
from toyevm.simulation.run import Run
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.marks import CROSS, TICK
from toyevm.teaching.kit.palette import FAILED, FAINT, LEFT, NORMAL, PANEL, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH
from toyevm.teaching.lessons.speculation.attempts import (
    Attempt,
    attempts_of,
    describe_attempts,
    describe_reads,
    summary,
    table_of_reads,
    title_of_reads,
)
from toyevm.types import Location

LEFT_EDGE, RIGHT_EDGE, HEAD, FOOT = 76, 30, 54, 30
TALLEST, AREA = 34, 272


def show_attempts(run: Run, cores: int, title: str = "") -> Picture:
    """Return a run as lanes, one for each core, and as its text twin the same attempts in words."""
    return Picture(_draw(run, cores, title), describe_attempts(run, cores, title))


def show_reads(
    run: Run, location: Location, name: str, costs: CostModel = DEFAULT_COSTS, hidden: Collection[str] = ()
) -> Picture:
    """Return a table of what each attempt has seen at a location, in the order of the checks, as picture and words.

    Args:
        hidden: attempts, such as "C.1", whose version now and verdict are left open.
    """
    drawn = _draw_table(title_of_reads(name), table_of_reads(run, location, costs, hidden))
    return Picture(drawn, describe_reads(run, location, name, costs, hidden))


def _draw_table(title: str, table: list[tuple[str, ...]]) -> str:
    wide, height = 640, 22
    body = [svg.heading(MARGIN, 26, title)]
    for number, row in enumerate(table):
        y, is_aborted, is_open = 34 + height * number, row[-1] == "aborted", row[-1] == "?"
        paint = FAINT if number == 0 else PANEL if is_open else FAILED if is_aborted else LEFT
        if number:
            body.append(svg.box(MARGIN, y, wide, height - 2, paint, dashed=is_aborted, radius=2))
        for column, cell in enumerate(row):
            x = MARGIN + wide * (column + 1) / len(row) - 14
            body.append(
                svg.text(
                    x,
                    y + 15,
                    cell,
                    ink=paint.ink,
                    bold=number > 0 and not is_open and row[2] != row[4] and column in (2, 4),
                    anchor="end",
                )
            )
    words = "; ".join([title, *(", ".join(row) for row in table)])
    return svg.figure(wide + 2 * MARGIN, 40 + height * len(table), words, body)


def _draw(run: Run, cores: int, title: str) -> str:
    attempts, numbers = attempts_of(run), measure(run, cores)
    lane = min(TALLEST, AREA / cores)
    bottom = round(HEAD + lane * cores)
    scale = (WIDTH - LEFT_EDGE - RIGHT_EDGE) / max(numbers.makespan, 1)
    body = [
        svg.heading(MARGIN, 22, title or "a speculative run"),
        svg.note(MARGIN, 42, summary(numbers)),
        svg.note(WIDTH - RIGHT_EDGE, 42, f"striped, {CROSS}: thrown away; {TICK}: committed", anchor="end"),
        svg.box(LEFT_EDGE, HEAD, WIDTH - LEFT_EDGE - RIGHT_EDGE, lane * cores, PANEL, radius=0),
        svg.note(LEFT_EDGE, bottom + 16, "0"),
        svg.note(WIDTH - RIGHT_EDGE, bottom + 16, f"{numbers.makespan:,} gas of time", anchor="end"),
    ]
    body += [
        svg.note(LEFT_EDGE - 8, HEAD + lane * (core + 0.5) + 4, f"core {core + 1}", anchor="end")
        for core in (range(cores) if lane >= 12 else (0, cores - 1))
    ]
    for attempt in attempts:
        body += _box(attempt, HEAD + lane * attempt.span.core, lane, scale)
    return svg.figure(WIDTH, bottom + FOOT, "; ".join(describe_attempts(run, cores, title).split("\n")), body)


def _box(attempt: Attempt, top: float, lane: float, scale: float) -> list[str]:
    span, gap = attempt.span, 2 if lane >= 8 else 0
    paint = FAILED if span.aborted else NORMAL
    x, width = LEFT_EDGE + span.start * scale, (span.end - span.start) * scale
    height = lane - 2 * gap
    drawn = [svg.box(x, top + gap, width, height, paint, stroke=1 if lane >= 5 else 0.3, radius=0)]
    if span.aborted:
        drawn.append(svg.hatch(x, top + gap, width, height, paint.line))
    if lane >= 16 and width > 8 * len(attempt.name) + 26:
        drawn.append(svg.box(x + 3, top + gap + 4, 8 * len(attempt.name) + 6, height - 8, PAPER, stroke=0, radius=2))
        drawn.append(svg.text(x + 6, top + lane / 2 + 5, attempt.name, size=13, ink=PAPER.ink, bold=True))
        mark = svg.text(
            x + width - 5, top + lane / 2 + 5, attempt.mark, size=14, ink=paint.ink, bold=True, anchor="end"
        )
        drawn.append(mark)
    return drawn
