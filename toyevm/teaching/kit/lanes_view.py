"""A schedule as lanes: one for each core, time to the right, a box for each transaction.

All jobs in a picture share one scale of time, which ends where a single core would have finished the longest of them.
So what is empty to the right of a job is the time that it saved.
"""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.simulation.run import TaskSpan
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.job import Figures, Job
from toyevm.teaching.kit.palette import CRITICAL, NORMAL, PANEL, PAPER, Paint
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH

LEFT, RIGHT = 76, 18
HEAD, FOOT = 46, 34
TALLEST, AREA = 26, 168  # of one lane, and of all lanes of a job, in pixels
LISTED = 12  # jobs up to this size are listed transaction by transaction


def show_lanes(jobs: Sequence[Job], cores: int, chains: bool = True) -> Picture:
    """Return the schedules of `jobs` on `cores` virtual cores, and as their text twin a table.

    Args:
        chains: mark the longest chain of transactions that wait for each other; without it, why remains a riddle.
    """
    return Picture(_draw(jobs, cores, chains), describe_lanes(jobs, cores, chains))


def describe_lanes(jobs: Sequence[Job], cores: int, chains: bool = True) -> str:
    """Return the numbers of the picture; jobs that are short, transaction by transaction."""
    wide = max((len(job.title) for job in jobs), default=0)
    lines = [
        f"{_cores(cores)} (simulated, time in gas)",
        f"{'block':<{wide}}  {'one core':>10}  {'now':>10}  {'speedup':>8}  {'busy':>5}",
    ]
    for job in jobs:
        seen = Figures.of(job, cores)
        lines.append(
            f"{job.title:<{wide}}  {job.work:>10,}  {seen.makespan:>10,}  {seen.speedup:>7.1f}×  {seen.busy:>5.0%}"
        )
    for job in jobs:
        lines += [f"{job.title}:"] if len(jobs) > 1 and job.graph.size <= LISTED else []
        lines += _listing(job, cores) if job.graph.size <= LISTED else []
        if chains and len(job.path.tx_indexes) > 1:
            lines.append(_longest_chain(job))
    return "\n".join(lines)


def _listing(job: Job, cores: int) -> list[str]:
    spans = job.schedule(cores)
    lines = []
    for core in range(min(cores, job.graph.size)):
        tasks = [f"{job.label(s.tx_index)} {s.start:,}-{s.end:,}" for s in spans if s.core == core]
        lines.append(f"core {core + 1}: {', '.join(tasks) or 'nothing'}")
    return lines


def _longest_chain(job: Job) -> str:
    if job.graph.size > LISTED:
        return f"longest chain in {job.title}: {len(job.path.tx_indexes)} of {job.graph.size}"
    return "longest chain: " + " then ".join(map(job.label, job.path.tx_indexes))


def _cores(cores: int) -> str:
    return f"{cores} core{'s' if cores != 1 else ''}"


def _draw(jobs: Sequence[Job], cores: int, chains: bool) -> str:
    longest = max((job.work for job in jobs), default=0) or 1
    scale = (WIDTH - LEFT - RIGHT) / longest
    area = AREA if len(jobs) > 1 else AREA * 2
    lane = min(TALLEST, area / cores)
    tall = HEAD + min(area, TALLEST * cores) + 14
    body = [part for place, job in enumerate(jobs) for part in _panel(job, cores, chains, place * tall, lane, scale)]
    bottom = round(tall * len(jobs))
    body += [
        svg.note(LEFT, bottom + 12, "0"),
        svg.note(WIDTH - RIGHT, bottom + 12, f"{longest:,} gas of time", anchor="end"),
        svg.note((LEFT + WIDTH) / 2, bottom + 12, "simulated: one unit of gas takes one unit of time", anchor="middle"),
    ]
    return svg.figure(WIDTH, bottom + FOOT - 10, "; ".join(describe_lanes(jobs, cores, chains).split("\n")), body)


def _panel(job: Job, cores: int, chains: bool, top: float, lane: float, scale: float) -> list[str]:
    seen = Figures.of(job, cores)
    y, width = top + HEAD, WIDTH - LEFT - RIGHT
    chain = set(job.path.tx_indexes) if chains and len(job.path.tx_indexes) > 1 else set()
    legend = f"orange: the longest chain, {len(chain)} of {job.graph.size}" if chain else ""
    summary = f"{seen.speedup:.1f}× on {_cores(cores)}"
    body = [
        svg.heading(MARGIN, top + 24, job.title),
        svg.text(WIDTH - RIGHT, top + 24, summary, size=18, bold=True, anchor="end"),
        svg.note(LEFT, top + 41, f"{seen.makespan:,} gas of time, cores busy {seen.busy:.0%}"),
        svg.note(WIDTH - RIGHT, top + 41, legend, anchor="end"),
        svg.box(LEFT, y, width, lane * cores, PANEL, radius=0),
    ]
    if lane >= 12:
        body += [
            svg.note(LEFT - 8, y + lane * (core + 0.5) + 4, f"core {core + 1}", anchor="end") for core in range(cores)
        ]
    else:
        body += [svg.note(LEFT - 8, y + 12, "core 1", anchor="end")]
        body += [svg.note(LEFT - 8, y + lane * cores, f"core {cores}", anchor="end")]
    for span in job.schedule(cores):
        paint = CRITICAL if span.tx_index in chain else NORMAL
        body += _box(job, span, LEFT + span.start * scale, y + span.core * lane, lane, scale, paint)
    return body


def _box(job: Job, span: TaskSpan, x: float, y: float, lane: float, scale: float, paint: Paint) -> list[str]:
    gap = 1 if lane >= 5 else 0
    width = (span.end - span.start) * scale
    drawn = [svg.box(x, y + gap, width, lane - 2 * gap, paint, stroke=1 if lane >= 5 else 0.3, radius=0)]
    words = job.label(span.tx_index)
    if job.labels and lane >= 16 and width > 7.5 * len(words):
        drawn.append(svg.text(x + width / 2, y + lane / 2 + 4, words, size=12, ink=PAPER.ink, anchor="middle"))
    return drawn
