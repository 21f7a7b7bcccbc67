"""A small block and a plan for it: which core runs what, when; written, drawn, and read back.

Both have a short text form, so that one student's find is another's input. A block: "A 3, B 2, C 1 after A B", names
with times, each after those it waits for. A plan: "A:1 B:2 C:1", who goes to which core; each starts as early as it
can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from toyevm.analysis.dependencies import Dependency, DependencyGraph
from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import PRIORITIES, Start, best_schedule, makespan, schedule_starts, shortest_time
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.lanes import CRITICAL, NORMAL, Job
from toyevm.teaching.kit.stepper.view import Picture
from toyevm.teaching.kit.svg import FAINT, PANEL, PAPER
from toyevm.types import Location

WIDTH, LEFT, RIGHT, TOP, LANE = 960, 76, 18, 62, 42
BEST = "best"  # what to call the schedule that no other beats
SOMEWHERE = Location(bytes(20), 0)  # a block without transactions does not say where they meet


def read_job(text: str, title: str = "block") -> Job:
    """Return the block that a text describes.

    Raises:
        InputError: for words of another form, a time below 1, or somebody who waits for one that comes later.

    >>> job = read_job("A 3, B 2, C 1 after A B")
    >>> job.labels, job.costs, job.graph.predecessors
    (('A', 'B', 'C'), (3, 2, 1), ((), (), (0, 1)))
    """
    names: list[str] = []
    costs, waits = [], []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\w+)\s+([1-9]\d*)(?:\s+after((?:\s+\w+)+))?\s*", part)
        if not found or found[1] in names:
            raise InputError(f"{part.strip()!r} cannot be read", expected='"A 3", or "C 1 after A B"; each name once')
        if unknown := [name for name in (found[3] or "").split() if name not in names]:
            raise InputError(f"{found[1]} cannot wait for {unknown[0]}", expected="one that stands before it")
        waits += [Dependency(names.index(name), len(names), SOMEWHERE) for name in (found[3] or "").split()]
        names.append(found[1])
        costs.append(int(found[2]))
    return Job(title, DependencyGraph(len(names), tuple(waits)), tuple(costs), tuple(names))


def read_plan(job: Job, cores: int, text: str) -> tuple[Start, ...]:
    """Return who goes where, as `schedule_starts` wants it; a plan may stop before the end.

    Commas between the words, or small letters for capitals, are no reason to refuse a plan.

    Raises:
        InputError: a name or core that there is not, a name twice, or one before another that it waits for.
    """
    starts: list[Start] = []
    for word in text.replace(",", " ").split():
        name, _, core = word.partition(":")
        name = name if name in job.labels else name.upper()
        if name not in job.labels or not core.isdecimal() or not 1 <= int(core) <= cores:
            known = " ".join(job.labels)
            raise InputError(f"{word!r} cannot be placed", expected=f'"A:1"; names {known}, cores 1 to {cores}')
        tx_index, placed = job.labels.index(name), [each for each, _ in starts]
        if tx_index in placed:
            raise InputError(f"{name} comes twice", expected="each name once")
        if early := [job.label(each) for each in job.graph.predecessors[tx_index] if each not in placed]:
            raise InputError(f"{name} waits for {early[0]}", expected=f"{early[0]} before {name}")
        starts.append((tx_index, int(core) - 1))
    return tuple(starts)


def write_plan(job: Job, spans: Sequence[TaskSpan]) -> str:
    """Return the text form of a schedule."""
    return " ".join(f"{job.label(span.tx_index)}:{span.core + 1}" for span in spans)


def plan(job: Job, cores: int, by: str = "block order") -> tuple[TaskSpan, ...]:
    """Return a schedule by the name of a priority, as "best", or by the text form of a plan.

    >>> [(span.core, span.start) for span in plan(read_job("A 3, B 2"), 1, "B:1 A:1")]
    [(0, 0), (0, 2)]
    """
    if by in PRIORITIES:
        return job.schedule(cores, PRIORITIES[by])
    if by == BEST:
        return best_schedule(job.graph, job.cost, cores)
    return schedule_starts(job.graph, job.cost, cores, read_plan(job, cores, by))


def show_plan(job: Job, cores: int, by: str = "block order") -> Picture:
    """Return a schedule as a picture; `by` as for `plan`."""
    return picture_of(job, cores, plan(job, cores, by))


def picture_of(job: Job, cores: int, spans: Sequence[TaskSpan]) -> Picture:
    words = describe_plan(job, cores, spans)
    return Picture(_draw(job, cores, spans, words), words)


def describe_plan(job: Job, cores: int, spans: Sequence[TaskSpan]) -> str:
    """Return the text twin: the time, a line for each core, who is orange, and the plan in its short form."""
    lines = [_heading(job, cores, spans)]
    for core in range(cores):
        tasks = [f"{job.label(s.tx_index)} {s.start:,}-{s.end:,}" for s in spans if s.core == core]
        lines.append(f"core {core + 1}: {', '.join(tasks) or 'nothing'}")
    if waiting := [line for i in range(job.graph.size) if (line := _waits(job, i))]:
        lines.append("waits: " + ", ".join(waiting))
    if spans:
        lines.append("orange: " + " then ".join(map(job.label, holding_up(job, spans))))
    lines.append(f"plan: {write_plan(job, spans)}")
    if left := _left(job, spans):
        lines.append(f"still to place: {left}")
    return "\n".join(lines)


def _heading(job: Job, cores: int, spans: Sequence[TaskSpan]) -> str:
    least = shortest_time(job.graph, job.cost, cores)
    plural = "s" if cores != 1 else ""
    return f"{makespan(spans):,} units of time on {cores} core{plural} (simulated), nobody gets below {least:,}"


def _waits(job: Job, tx_index: int) -> str:
    before = " ".join(map(job.label, job.graph.predecessors[tx_index]))
    return f"{job.label(tx_index)} after {before}" if before else ""


def _left(job: Job, spans: Sequence[TaskSpan]) -> str:
    placed = {span.tx_index for span in spans}
    return ", ".join(f"{job.label(i)} {job.costs[i]:,}" for i in range(job.graph.size) if i not in placed)


def holding_up(job: Job, spans: Sequence[TaskSpan]) -> list[int]:
    """Return who ends last, whom that one waited for, and so on back to the start: what to change to be done sooner."""
    chain: list[int] = []
    last = max(spans, key=lambda span: span.end, default=None)
    while last is not None:
        chain.append(last.tx_index)
        waits_for = job.graph.predecessors[last.tx_index]
        ended = [span for span in spans if span.end == last.start]
        until = [span for span in ended if span.core == last.core or span.tx_index in waits_for] or ended  # a barrier
        last = max(until, key=lambda span: span.tx_index in waits_for, default=None)
    return chain[::-1]


def _draw(job: Job, cores: int, spans: Sequence[TaskSpan], words: str) -> str:
    least, time = shortest_time(job.graph, job.cost, cores), makespan(spans)
    until = max(time, job.work // cores, least) + 1
    scale, bottom = (WIDTH - LEFT - RIGHT) / until, TOP + LANE * cores
    chain, edge = set(holding_up(job, spans)), LEFT + least * scale
    waiting = ", ".join(line for i in range(job.graph.size) if (line := _waits(job, i)))
    step = max(1, until // 20)
    notes = [f"{what}: {line}" for what, line in (("waits", waiting), ("still to place", _left(job, spans))) if line]
    body = [
        svg.text(14, 26, _heading(job, cores, spans).split(" (")[0], size=17, bold=True),
        svg.note(WIDTH - RIGHT, 26, "orange: who ends last, and what held it up", anchor="end"),
        svg.note(min(edge, WIDTH - 200), TOP - 10, f"nobody gets below {least:,}", anchor="middle"),
        svg.box(LEFT, TOP, WIDTH - LEFT - RIGHT, LANE * cores, PANEL, radius=0),
        *(svg.note(LEFT - 8, TOP + LANE * (core + 0.5) + 4, f"core {core + 1}", anchor="end") for core in range(cores)),
        *(svg.note(LEFT + at * scale, bottom + 16, f"{at:,}", anchor="middle") for at in range(0, until, step)),
        *(part for span in spans for part in _task(job, span, scale, span.tx_index in chain)),
        f'<line x1="{edge:g}" y1="{TOP - 6}" x2="{edge:g}" y2="{bottom}" stroke="{FAINT.ink}" stroke-dasharray="5 4"/>',
        *(svg.text(14, bottom + 42 + 20 * row, line) for row, line in enumerate(notes)),
    ]
    return svg.figure(WIDTH, bottom + 30 + 22 * len(notes), "; ".join(words.split("\n")), body)


def _task(job: Job, span: TaskSpan, scale: float, critical: bool) -> list[str]:
    x, y, width = LEFT + span.start * scale, TOP + span.core * LANE, (span.end - span.start) * scale
    words = f"{job.label(span.tx_index)} {span.end - span.start:,}"
    return [
        svg.box(x, y + 3, width, LANE - 6, CRITICAL if critical else NORMAL, stroke=1.5, radius=2),
        svg.text(x + width / 2, y + LANE / 2 + 5, words, size=14, ink=PAPER.ink, anchor="middle", bold=critical),
    ]
