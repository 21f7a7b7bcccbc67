"""Who runs when on which core: a greedy list schedule, in virtual time.

Whenever a core is free and a transaction's predecessors have finished, the lowest such transaction starts. No core ever
waits while there is something to run. That is not always the shortest schedule, but by Graham's bound never twice as
long. It assumes that the dependencies are known beforehand; a real machine must guess them, be told, or find out.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from toyevm.analysis.dependencies import Cost, DependencyGraph
from toyevm.errors import InputError
from toyevm.results import TaskSpan


def list_schedule(graph: DependencyGraph, cost: Cost, cores: int) -> tuple[TaskSpan, ...]:
    """Return when and where each transaction runs, in order of start.

    Args:
        cost: how long a transaction takes, above 0, in gas or nanoseconds; the spans are in the same unit.
        cores: how many virtual cores there are.

    Raises:
        InputError: no cores.

    Source: Graham 1966, "Bounds for certain multiprocessing anomalies".

    >>> [(span.core, span.tx_index, span.start) for span in list_schedule(DependencyGraph(3), lambda _: 10, cores=2)]
    [(0, 0, 0), (1, 1, 0), (0, 2, 10)]
    """
    if cores < 1:
        raise InputError(f"{cores} cores", expected="at least 1")
    waiting_for = [len(before) for before in graph.predecessors]
    successors = _successors(graph)
    ready = [tx_index for tx_index, count in enumerate(waiting_for) if not count]  # ascending, so a heap
    free = list(range(cores))
    running: list[tuple[int, int, int]] = []  # end, core, transaction
    spans: list[TaskSpan] = []
    now = 0
    while ready or running:
        while ready and free:
            tx_index, core = heappop(ready), heappop(free)
            end = now + cost(tx_index)
            spans.append(TaskSpan(core, tx_index, incarnation=0, start=now, end=end))
            heappush(running, (end, core, tx_index))
        now = running[0][0]
        while running and running[0][0] == now:
            _, core, tx_index = heappop(running)
            heappush(free, core)
            for after in successors[tx_index]:
                waiting_for[after] -= 1
                if not waiting_for[after]:
                    heappush(ready, after)
    return tuple(spans)


def _successors(graph: DependencyGraph) -> list[list[int]]:
    successors: list[list[int]] = [[] for _ in range(graph.size)]
    for after, waits_for in enumerate(graph.predecessors):
        for before in waits_for:
            successors[before].append(after)
    return successors


def makespan(spans: Sequence[TaskSpan]) -> int:
    """Return when the last piece of work ends."""
    return max((span.end for span in spans), default=0)


def speedup(spans: Sequence[TaskSpan]) -> float:
    """Return how many times faster than one core that does the same work; 1 where there is none."""
    total = sum(span.end - span.start for span in spans if not span.aborted)
    return total / makespan(spans) if spans else 1.0
