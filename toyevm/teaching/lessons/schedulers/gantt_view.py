"""A plan as a picture: a lane for each core, a box for each transaction; what holds up the end is orange."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import batch_schedule, makespan, shortest_time
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.job import Job
from toyevm.teaching.kit.palette import CRITICAL, FAINT, NORMAL, PANEL, PAPER
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import WIDTH
from toyevm.teaching.lessons.schedulers.plan_words import describe_plan, heading_of, left_to_place, waits_of
from toyevm.teaching.lessons.schedulers.plans import holding_up, plan

LEFT, RIGHT, TOP, LANE = 76, 18, 62, 42


def show_plan(job: Job, cores: int, by: str = "block order") -> Picture:
    """Return a schedule as a picture; `by` as for `plan`."""
    return picture_of(job, cores, plan(job, cores, by))


def show_batches(job: Job, cores: int) -> Picture:
    """Return the schedule with a barrier after each batch but the last, as a picture that shows the barriers."""
    layers = job.graph.layers
    spans = batch_schedule(job.graph, job.cost, cores, layers)
    ends = [max(span.end for span in spans if span.tx_index in layer) for layer in layers]
    return picture_of(job, cores, spans, tuple(ends[:-1]))


def picture_of(job: Job, cores: int, spans: Sequence[TaskSpan], barriers: Sequence[int] = ()) -> Picture:
    """Return these spans as a picture; `barriers` are the times at which all cores wait for each other."""
    words = describe_plan(job, cores, spans, barriers)
    return Picture(_draw(job, cores, spans, words, barriers), words)


def _draw(job: Job, cores: int, spans: Sequence[TaskSpan], words: str, barriers: Sequence[int]) -> str:
    least, time = shortest_time(job.graph, job.cost, cores), makespan(spans)
    until = max(time, job.work // cores, least) + 1
    scale, bottom = (WIDTH - LEFT - RIGHT) / until, TOP + LANE * cores
    chain = set(holding_up(job, spans))
    waiting = ", ".join(line for i in range(job.graph.size) if (line := waits_of(job, i)))
    step = max(1, until // 20)
    below = f"no schedule ends before {least:,}"
    notes = [
        f"{what}: {line}" for what, line in (("waits", waiting), ("still to place", left_to_place(job, spans))) if line
    ] + [below] * bool(barriers)  # one line could be taken for the other, so beside barriers the bound is in words
    body = [
        svg.text(14, 26, heading_of(job, cores, spans).split(" (")[0], size=17, bold=True),
        svg.note(WIDTH - RIGHT, 26, "orange: what ends last, and what held it up", anchor="end"),
        svg.box(LEFT, TOP, WIDTH - LEFT - RIGHT, LANE * cores, PANEL, radius=0),
        *(svg.note(LEFT - 8, TOP + LANE * (core + 0.5) + 4, f"core {core + 1}", anchor="end") for core in range(cores)),
        *(svg.note(LEFT + at * scale, bottom + 16, f"{at:,}", anchor="middle") for at in range(0, until, step)),
        *(part for span in spans for part in _task(job, span, scale, span.tx_index in chain)),
        *(part for at in barriers for part in _barrier(LEFT + at * scale, bottom)),
        *([] if barriers else _bound(LEFT + least * scale, bottom, below)),
        *(svg.text(14, bottom + 42 + 20 * row, line) for row, line in enumerate(notes)),
    ]
    return svg.figure(WIDTH, bottom + 30 + 22 * len(notes), "; ".join(words.split("\n")), body)


def _bound(x: float, bottom: float, words: str) -> list[str]:
    return [
        svg.note(min(x, WIDTH - 200), TOP - 10, words, anchor="middle"),
        svg.line((x, TOP - 6), (x, bottom), FAINT.ink, width=1, dashes="5 4"),
    ]


def _barrier(x: float, bottom: float) -> list[str]:
    return [
        svg.text(x, TOP - 10, "barrier", anchor="middle", bold=True),
        svg.line((x, TOP - 6), (x, bottom + 3), PAPER.ink, width=4),
    ]


def _task(job: Job, span: TaskSpan, scale: float, critical: bool) -> list[str]:
    x, y, width = LEFT + span.start * scale, TOP + span.core * LANE, (span.end - span.start) * scale
    words = f"{job.label(span.tx_index)} {span.end - span.start:,}"
    return [
        svg.box(x, y + 3, width, LANE - 6, CRITICAL if critical else NORMAL, stroke=1.5, radius=2),
        svg.text(x + width / 2, y + LANE / 2 + 5, words, size=14, ink=PAPER.ink, anchor="middle", bold=critical),
    ]
