"""Speedup over grain: the model's line, the recorded points, and where the sliders stand."""

from __future__ import annotations

from itertools import pairwise
from math import log10

from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAINT, NORMAL, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH, Point
from toyevm.teaching.lessons.real_cores.model import GrainChoice, in_time
from toyevm.teaching.lessons.real_cores.records import ROWS

LEFT, RIGHT, TOP, BOTTOM = 70, WIDTH - 40, 110, 330
LEAST, MOST = 10, 100_000  # microseconds on the axis
STEPS = 80


def show_grain(grain: int, tasks: int, start: str = "kept") -> Picture:
    """Return the model and the record for tasks of `grain` microseconds, as picture and words.

    Args:
        start: "kept": two processes are there already; "forked" or "spawned": they are started for these tasks.

    Raises:
        InputError: a grain, a number of tasks or a start that is out of range.
    """
    return show_choice(GrainChoice(grain, tasks, start))


def show_choice(choice: GrainChoice) -> Picture:
    """Return a choice as picture and words."""
    lines = choice.lines
    body = [svg.heading(MARGIN, 26, lines[1]), svg.text(MARGIN, 48, lines[-1], bold=True)]
    body.append(svg.note(MARGIN, 68, "; ".join(lines[:1] + lines[2:-1])))
    legend = (
        "blue: the model (simulated); circles: recorded, processes kept; orange: your choice; dashed: as fast as one"
    )
    body.append(svg.note(RIGHT, TOP - 16, legend, anchor="end"))
    body += _axes()
    grains = [LEAST * (MOST / LEAST) ** (step / STEPS) for step in range(STEPS + 1)]
    curve = [_place(grain, GrainChoice(max(1, round(grain)), choice.tasks, choice.start).speedup) for grain in grains]
    body += [svg.line(here, there, NORMAL.line) for here, there in pairwise(curve)]
    for row in ROWS:
        x, y = _place(row.grain * 1e6, row.speedup)
        body.append(svg.box(x - 5, y - 5, 10, 10, PAPER, radius=5))
    x, y = _place(min(max(choice.grain, LEAST), MOST), choice.speedup)
    body.append(svg.box(x - 8, y - 8, 16, 16, CRITICAL, stroke=2, radius=8))
    return Picture(svg.figure(WIDTH, BOTTOM + 50, "; ".join(lines), body), "\n".join(lines))


def _place(grain: float, speedup: float) -> Point:
    across = log10(grain / LEAST) / log10(MOST / LEAST)
    return LEFT + (RIGHT - LEFT) * across, BOTTOM - (BOTTOM - TOP) * min(speedup, 2.0) / 2


def _axes() -> list[str]:
    drawn = []
    for speedup in (0.0, 0.5, 1.0, 1.5, 2.0):
        _, y = _place(LEAST, speedup)
        dashes = "6 4" if speedup == 1 else ""
        drawn.append(svg.line((LEFT, y), (RIGHT, y), FAINT.line, width=1 + (speedup == 1), dashes=dashes))
        drawn.append(svg.note(LEFT - 8, y + 4, f"{speedup:.1f}", anchor="end"))
    for grain in (10, 100, 1_000, 10_000, 100_000):
        x, _ = _place(grain, 0)
        drawn.append(svg.note(x, BOTTOM + 20, in_time(grain / 1e6), anchor="middle"))
    drawn.append(svg.note(MARGIN, TOP - 16, "speedup"))
    drawn.append(svg.note(RIGHT, BOTTOM + 40, "grain", anchor="end"))
    return drawn
