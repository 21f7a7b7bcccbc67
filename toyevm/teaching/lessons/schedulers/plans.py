"""Small blocks and plans for them: which core runs what, when; written, read, changed and measured.

Both have a short text form, so that one student's find is another's input. A block: "A 3, B 2, C 1 after A B", names
with times, each after those it waits for. A plan: "A:1 B:2 C:1", who goes to which core; each starts as early as it
can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toyevm.analysis.dependencies import Dependency, DependencyGraph
from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import PRIORITIES, Start, best_schedule, makespan, schedule_starts, speedup
from toyevm.teaching.kit.job import Job
from toyevm.types import Location

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


def names_in(text: str) -> list[str]:
    """Return the names in a plan, in its order.

    >>> names_in("B:1 A:2")
    ['B', 'A']
    """
    return [word.split(":")[0] for word in text.split()]


def moved(text: str, name: str, core: int) -> str:
    """Return a plan in which one goes to another core, from 1.

    >>> moved("A:1 B:2", "A", 2)
    'A:2 B:2'
    """
    return " ".join(f"{name}:{core}" if word.split(":")[0] == name else word for word in text.split())


def shifted(job: Job, text: str, name: str, by: int) -> str:
    """Return a plan in which one has changed starts with the one before it (-1) or behind it (1) on its core.

    >>> shifted(read_job("A 3, B 2, C 2"), "A:1 B:1 C:2", "A", 1)
    'B:1 A:1 C:2'
    """
    words = text.split()
    at = names_in(text).index(name)
    core = words[at].split(":")[1]
    beside = [i for i in range(len(words)) if words[i].split(":")[1] == core and (i - at) * by > 0]
    if beside:
        words.insert(min(beside, key=lambda i: abs(i - at)), words.pop(at))
    return " ".join(_serial(job, words))


def _serial(job: Job, words: Sequence[str]) -> Iterator[str]:
    """Yield the words such that each comes after those it waits for, if the order on each core allows it."""
    left, placed = list(words), set[str]()
    while left:
        heads = list({word.split(":")[1]: word for word in reversed(left)}.values())[::-1]
        chosen = next((word for word in heads if _waits_for(job, word) <= placed), heads[0])
        left.remove(chosen)
        placed.add(chosen.split(":")[0])
        yield chosen


def _waits_for(job: Job, word: str) -> set[str]:
    tx_index = job.labels.index(word.split(":")[0])
    return set(map(job.label, job.graph.predecessors[tx_index]))


def lengths_of(job: Job, cores: int, rules: Sequence[str]) -> dict[str, int]:
    """Return how long a block takes by each of these rules."""
    return {rule: makespan(plan(job, cores, rule)) for rule in rules}


def speedups(jobs: Sequence[Job], cores: Sequence[int], rule: str = "block order") -> list[list[float]]:
    """Return the speedup of each block on each number of cores, list-scheduled by the priority of this name."""
    return [[speedup(job.schedule(count, PRIORITIES[rule])) for count in cores] for job in jobs]
