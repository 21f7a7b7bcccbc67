"""Speedup over grain: the record and the model's line, both only once the student has said what they will say."""

from __future__ import annotations

from itertools import pairwise
from math import log10

from toyevm.errors import InputError
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import CRITICAL, FAINT, NORMAL, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH, Point
from toyevm.teaching.lab.turns import repeat
from toyevm.teaching.lessons.real_cores.model import GrainChoice, in_time
from toyevm.teaching.lessons.real_cores.records import ROWS

LEFT, RIGHT, TOP, BOTTOM = 70, WIDTH - 40, 130, 350
LEAST, MOST = 10, 100_000  # microseconds on the axis
STEPS = 80
WORDS = ("?", "faster", "slower")


SAY_FIRST = "Say first: are two processes faster or slower than one?"


def show_grain(grain: int, tasks: int, start: str = "running", say: str = "?") -> Picture:
    """Return what is asked of tasks of `grain` microseconds; model and record, once you have said what they will say.

    Args:
        start: "running": two processes are there already; "forked" or "spawned": they are started for these tasks.
        say: "faster" or "slower": what two processes are, in your opinion; "?": not said yet.

    Raises:
        InputError: a grain, a number of tasks, a start or a word that there is not.
    """
    if say not in WORDS:
        raise InputError(f"say={repeat(say)}", expected=" | ".join(WORDS))
    return show_choice(GrainChoice(grain, tasks, start), say)


def show_choice(choice: GrainChoice, say: str) -> Picture:
    """Return a choice as picture and words; what comes out is left out until it is said."""
    if say == "?":
        lines = [*choice.setting, SAY_FIRST]
    else:
        lines = [*choice.setting, *choice.outcome[:-1], _conclusion(choice, say)]
    body = [svg.heading(MARGIN, 26, lines[0]), svg.text(MARGIN, 48, lines[-1], bold=True)]
    body += [svg.note(MARGIN, 70 + 18 * at, "; ".join(part)) for at, part in enumerate((lines[1:3], lines[3:-1]))]
    legend = "dashed: as fast as one"
    if say != "?":
        legend = f"circles: recorded, processes running; {legend}; blue: the model (simulated); orange: your choice"
    body.append(svg.note(RIGHT, TOP - 16, legend, anchor="end"))
    body += _axes()
    if say != "?":
        body += _curve(choice)
        for row in ROWS:
            x, y = _place(row.grain * 1e6, row.speedup)
            body.append(svg.box(x - 5, y - 5, 10, 10, PAPER, radius=5))
        x, y = _place(min(max(choice.grain, LEAST), MOST), choice.speedup)
        body.append(svg.box(x - 8, y - 8, 16, 16, CRITICAL, stroke=2, radius=8))
    return Picture(svg.figure(WIDTH, BOTTOM + 50, "; ".join(lines), body), "\n".join(lines))


def _conclusion(choice: GrainChoice, say: str) -> str:
    """Return what was said beside what the model says, and the record where it contradicts the model."""
    agree = say == choice.verdict
    text = f"You said {say}, and so does the model." if agree else f"You said {say}. The model says {choice.verdict}."
    off = choice.record_says not in ("", choice.verdict)
    return text + (f" The record says {choice.record_says}: here the model is off." if off else "")


def _curve(choice: GrainChoice) -> list[str]:
    grains = [LEAST * (MOST / LEAST) ** (step / STEPS) for step in range(STEPS + 1)]
    curve = [_place(grain, GrainChoice(max(1, round(grain)), choice.tasks, choice.start).speedup) for grain in grains]
    return [svg.line(here, there, NORMAL.line) for here, there in pairwise(curve)]


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
