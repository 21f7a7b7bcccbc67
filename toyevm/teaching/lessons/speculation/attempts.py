"""The attempts of a speculative run: on which core, when, what each saw, and what became of it.

An attempt is named after its transaction and its incarnation: B.0 is B's first, B.1 the next.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from toyevm.simulation.costs import DEFAULT_COSTS, CostModel
from toyevm.simulation.metrics import Metrics, measure
from toyevm.simulation.notation import version_name
from toyevm.simulation.run import Run, TaskSpan
from toyevm.teaching.kit.marks import CROSS, TICK
from toyevm.types import BEFORE_BLOCK, Location, Version

ATTEMPT = re.compile(r"([A-E])\.(\d)")  # one of five transactions, and its incarnation
LISTED = 60  # runs of at most so many attempts are listed one by one


@dataclass(frozen=True)
class Attempt:
    """One execution of a transaction, and when its fate was decided."""

    span: TaskSpan
    decided: int

    @property
    def name(self) -> str:
        return version_name(Version(self.span.tx_index, self.span.incarnation))

    @property
    def mark(self) -> str:
        return CROSS if self.span.aborted else TICK


@dataclass(frozen=True)
class Seen:
    """What one attempt has seen at a location, and what was there when it was decided."""

    attempt: Attempt
    at: int
    version: Version
    now: Version


def attempts_of(run: Run) -> list[Attempt]:
    """Return the attempts of a run in the order of their start, dry runs left out."""
    decided: dict[Version, int] = {}
    for span in run.spans:
        if span.kind in ("validate", "commit"):
            decided[Version(span.tx_index, span.incarnation)] = span.end
    made = (span for span in run.spans if span.kind == "execute")
    found = [Attempt(span, decided.get(Version(span.tx_index, span.incarnation), span.end)) for span in made]
    return sorted(found, key=lambda attempt: (attempt.span.start, attempt.span.core))


def describe_attempts(run: Run, cores: int, title: str = "") -> str:
    """Return the numbers of a run; a short one attempt by attempt."""
    attempts, numbers = attempts_of(run), measure(run, cores)
    lines = [*([title] if title else []), summary(numbers)]
    for core in range(cores if len(attempts) <= LISTED else 0):
        words = [
            f"{attempt.name} {attempt.span.start:,}-{attempt.span.end:,} {attempt.mark}"
            for attempt in attempts
            if attempt.span.core == core
        ]
        lines.append(f"core {core + 1}: {', '.join(words) or 'nothing'}")
    return "\n".join(lines)


def summary(numbers: Metrics) -> str:
    """Return the numbers of a run in one line."""
    cores, runs = numbers.cores, numbers.executions
    return (
        f"{cores} core{'s' * (cores != 1)}: {runs} execution{'s' * (runs != 1)}, {numbers.aborts} thrown away; "
        f"speedup {numbers.speedup:.2f}× (simulated, time in gas)"
    )


def reads_of(run: Run, location: Location, costs: CostModel = DEFAULT_COSTS) -> Iterator[Seen]:
    """Yield what each attempt of an `optimistic` run has seen at a location, by when it read and who had committed.

    Args:
        costs: those of the run; with neither jitter nor contention nor fetches.
    """
    commits = [
        (span.end, Version(span.tx_index, span.incarnation))
        for span in run.spans
        if span.kind == "commit" and location in run.result.results[span.tx_index].write_set
    ]

    def visible(time: int) -> Version:
        return max((commit for commit in commits if commit[0] <= time), default=(0, BEFORE_BLOCK))[1]

    for attempt in attempts_of(run):
        offset = attempt.span.offsets(costs).get(location)
        if offset is not None:
            at = attempt.span.start + costs.schedule + offset
            # A commit ends with the writes: what the attempt itself has written does not count.
            decided = attempt.decided - (not attempt.span.aborted)
            yield Seen(attempt, at, visible(at), visible(decided))


def table_of_reads(run: Run, location: Location, costs: CostModel, hidden: Collection[str]) -> list[tuple[str, ...]]:
    """Return what each attempt has seen at a location, in the order of the checks; "?" in the rows to be worked out."""
    rows: list[tuple[str, ...]] = [("attempt", "reads at", "sees version", "checked at", "version now", "verdict")]
    for seen in sorted(reads_of(run, location, costs), key=lambda each: each.attempt.decided):
        verdict = "aborted" if seen.attempt.span.aborted else "committed"
        ending = ("?", "?") if seen.attempt.name in hidden else (version_name(seen.now), verdict)
        rows.append(
            (seen.attempt.name, f"{seen.at:,}", version_name(seen.version), f"{seen.attempt.decided:,}", *ending)
        )
    return rows


def describe_reads(
    run: Run, location: Location, name: str, costs: CostModel = DEFAULT_COSTS, hidden: Collection[str] = ()
) -> str:
    """Return a table of who saw which version of a location, in words."""
    table = table_of_reads(run, location, costs, hidden)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    return "\n".join([title_of_reads(name), *lines])


def title_of_reads(name: str) -> str:
    return f"who saw which version of {name} (simulated, time in gas)"
