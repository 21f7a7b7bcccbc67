"""A plan in words: what its picture says, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import makespan, shortest_time
from toyevm.teaching.kit.job import Job
from toyevm.teaching.lessons.schedulers.plans import holding_up, write_plan


def describe_plan(job: Job, cores: int, spans: Sequence[TaskSpan], barriers: Sequence[int] = ()) -> str:
    """Return the text twin: the time, a line for each core, the barriers, what is orange, and the plan's short form."""
    lines = [heading_of(job, cores, spans)]
    for core in range(cores):
        tasks = [f"{job.label(s.tx_index)} {s.start:,}-{s.end:,}" for s in spans if s.core == core]
        lines.append(f"core {core + 1}: {', '.join(tasks) or 'nothing'}")
    if barriers:
        plural = "s" if len(barriers) > 1 else ""
        lines.append(f"barrier{plural} at {' and '.join(f'{at:,}' for at in barriers)}")
    if waiting := [line for i in range(job.graph.size) if (line := waits_of(job, i))]:
        lines.append("waits: " + ", ".join(waiting))
    if spans:
        lines.append("orange: " + " then ".join(map(job.label, holding_up(job, spans))))
    lines.append(f"plan: {write_plan(job, spans)}")
    if left := left_to_place(job, spans):
        lines.append(f"still to place: {left}")
    return "\n".join(lines)


def heading_of(job: Job, cores: int, spans: Sequence[TaskSpan]) -> str:
    """Return the makespan, the cores and the bound from below, in a line."""
    least = shortest_time(job.graph, job.cost, cores)
    plural = "s" if cores != 1 else ""
    return f"{makespan(spans):,} units of time on {cores} core{plural} (simulated), no schedule ends before {least:,}"


def waits_of(job: Job, tx_index: int) -> str:
    """Return which transactions one waits for, or ""."""
    before = " ".join(map(job.label, job.graph.predecessors[tx_index]))
    return f"{job.label(tx_index)} after {before}" if before else ""


def left_to_place(job: Job, spans: Sequence[TaskSpan]) -> str:
    """Return the transactions that a plan leaves out, with their lengths."""
    placed = {span.tx_index for span in spans}
    return ", ".join(f"{job.label(i)} {job.costs[i]:,}" for i in range(job.graph.size) if i not in placed)
