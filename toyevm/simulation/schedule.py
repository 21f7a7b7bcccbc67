"""Who runs when on which core, in virtual time: greedily by some priority, in batches, or at best.

*List scheduling*: whenever a core is free and a transaction's predecessors have finished, the one with the highest
priority starts. No core ever waits while there is something to run. By Graham's bound that is never twice as long as
the best schedule, whatever the priority. It assumes that the dependencies are known beforehand; a real machine must
guess them, be told, or find out.

Sources: Graham 1966, "Bounds for certain multiprocessing anomalies"; Graham 1969, "Bounds on multiprocessing timing
anomalies".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import TypeAlias

from toyevm.analysis.dependencies import Cost, DependencyGraph, span, work
from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan

Priority: TypeAlias = Callable[[DependencyGraph, Cost], Sequence[int]]  # a rank for each transaction: the lowest first
Start: TypeAlias = tuple[int, int]  # a transaction, and the core on which it starts
MOST_SEARCHED = 12  # transactions of which the best schedule can be found in reasonable time


def block_order(graph: DependencyGraph, cost: Cost) -> Sequence[int]:
    return range(graph.size)


def longest_first(graph: DependencyGraph, cost: Cost) -> Sequence[int]:
    return [-cost(tx_index) for tx_index in range(graph.size)]


def shortest_first(graph: DependencyGraph, cost: Cost) -> Sequence[int]:
    return [cost(tx_index) for tx_index in range(graph.size)]


def most_successors(graph: DependencyGraph, cost: Cost) -> Sequence[int]:
    return [-len(each) for each in _successors(graph)]


def longest_chain_first(graph: DependencyGraph, cost: Cost) -> Sequence[int]:
    return [-length for length in _chains(graph, cost)]


PRIORITIES: Mapping[str, Priority] = {
    "block order": block_order,
    "longest first": longest_first,
    "shortest first": shortest_first,
    "most successors": most_successors,
    "longest chain first": longest_chain_first,
}


def _chains(graph: DependencyGraph, cost: Cost) -> list[int]:
    """Return for each transaction the length of the longest chain that begins with it."""
    lengths, successors = [0] * graph.size, _successors(graph)
    for tx_index in reversed(range(graph.size)):
        lengths[tx_index] = cost(tx_index) + max((lengths[after] for after in successors[tx_index]), default=0)
    return lengths


def _successors(graph: DependencyGraph) -> list[list[int]]:
    successors: list[list[int]] = [[] for _ in range(graph.size)]
    for after, waits_for in enumerate(graph.predecessors):
        for before in waits_for:
            successors[before].append(after)
    return successors


def list_schedule(
    graph: DependencyGraph, cost: Cost, cores: int, priority: Priority = block_order
) -> tuple[TaskSpan, ...]:
    """Return when and where each transaction runs, in order of start; of equal ranks the lower transaction starts.

    Args:
        cost: how long a transaction takes, above 0, in gas or nanoseconds; the spans are in the same unit.
        cores: how many virtual cores there are.

    Raises:
        InputError: no cores.

    >>> [(span.core, span.tx_index, span.start) for span in list_schedule(DependencyGraph(3), lambda _: 10, cores=2)]
    [(0, 0, 0), (1, 1, 0), (0, 2, 10)]
    """
    rank, successors = priority(graph, cost), _successors(graph)
    waiting_for = [len(before) for before in graph.predecessors]
    ready = [(rank[tx_index], tx_index) for tx_index, count in enumerate(waiting_for) if not count]
    heapify(ready)
    free = list(range(_checked(cores)))
    running: list[tuple[int, int, int]] = []  # end, core, transaction
    spans: list[TaskSpan] = []
    now = 0
    while ready or running:
        while ready and free:
            (_, tx_index), core = heappop(ready), heappop(free)
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
                    heappush(ready, (rank[after], after))
    return tuple(spans)


def _checked(cores: int) -> int:
    if cores < 1:
        raise InputError(f"{cores} cores", expected="at least 1")
    return cores


def schedule_starts(graph: DependencyGraph, cost: Cost, cores: int, starts: Iterable[Start]) -> tuple[TaskSpan, ...]:
    """Return the schedule in which each transaction in turn starts on its core as early as it can, after those before.

    Raises:
        InputError: a core or transaction that there is not, one that comes twice, or before one that it waits for.

    >>> starts = [(2, 0), (0, 0), (1, 1)]
    >>> [(span.tx_index, span.start) for span in schedule_starts(DependencyGraph(3), lambda _: 10, 2, starts)]
    [(2, 0), (0, 10), (1, 0)]
    """
    free, ends = [0] * _checked(cores), dict[int, int]()
    spans = []
    for tx_index, core in starts:
        if not 0 <= core < cores or not 0 <= tx_index < graph.size or tx_index in ends:
            raise InputError(f"{tx_index} on core {core}", expected=f"each of {graph.size} once, on {cores} cores")
        early = [before for before in graph.predecessors[tx_index] if before not in ends]
        if early:
            raise InputError(f"{tx_index} comes before {early[0]}", expected="after what it waits for")
        start = max([free[core], *(ends[before] for before in graph.predecessors[tx_index])])
        free[core] = ends[tx_index] = start + cost(tx_index)
        spans.append(TaskSpan(core, tx_index, incarnation=0, start=start, end=free[core]))
    return tuple(spans)


def shortest_time(graph: DependencyGraph, cost: Cost, cores: int) -> int:
    """Return a time that no schedule can beat: that of the longest chain, or of all work shared out evenly."""
    return max(span(graph, cost), -(-work(graph, cost) // _checked(cores)))


def graham_bound(graph: DependencyGraph, cost: Cost, cores: int) -> int:
    """Return the longest that a list schedule can take: W/p + (1 - 1/p) S, in whole units.

    A core is idle only while some chain of dependencies goes on, for no transaction of the others is ready: that is S
    long at most, and at any other moment all p cores work. As no schedule is shorter than W/p, or than S, this one is
    at most 2 - 1/p times as long as the best.
    """
    return (work(graph, cost) + (_checked(cores) - 1) * span(graph, cost)) // cores


def best_schedule(graph: DependencyGraph, cost: Cost, cores: int) -> tuple[TaskSpan, ...]:
    """Return a schedule that no other beats, found by trying all that could: the oracle for small blocks.

    It also tries what no list schedule does: to let a core wait on purpose.

    Raises:
        InputError: more than MOST_SEARCHED transactions, or no cores.
    """
    if graph.size > MOST_SEARCHED:
        raise InputError(f"{graph.size} transactions to search through", expected=f"at most {MOST_SEARCHED}")
    greedy = (list_schedule(graph, cost, cores, priority) for priority in PRIORITIES.values())
    return _Search(graph, cost, cores, min(greedy, key=makespan)).best


class _Search:
    """Branch and bound over the order of starts; `best` gets better until nothing is left to try."""

    def __init__(self, graph: DependencyGraph, cost: Cost, cores: int, best: tuple[TaskSpan, ...]) -> None:
        self.graph, self.cost, self.cores, self.best = graph, cost, cores, best
        self.chains = _chains(graph, cost)
        self.goal = shortest_time(graph, cost, cores)
        self.seen: set[tuple[object, ...]] = set()
        self._try([], (0,) * cores, {})

    def _try(self, spans: list[TaskSpan], free: tuple[int, ...], ends: dict[int, int]) -> None:
        if len(spans) == self.graph.size:
            self.best = min(self.best, tuple(spans), key=makespan)
            return
        now = spans[-1].start if spans else 0
        state = (now, tuple(sorted(free)), tuple(sorted(ends.items())))
        if state in self.seen or self._least(free, ends) >= makespan(self.best) or makespan(self.best) == self.goal:
            return
        self.seen.add(state)
        for tx_index, core in self._choices(free, ends):
            start = max([now, free[core], *(ends[before] for before in self.graph.predecessors[tx_index])])
            end = start + self.cost(tx_index)
            task = TaskSpan(core, tx_index, incarnation=0, start=start, end=end)
            self._try([*spans, task], (*free[:core], end, *free[core + 1 :]), ends | {tx_index: end})

    def _choices(self, free: tuple[int, ...], ends: Mapping[int, int]) -> Iterator[Start]:
        """Yield what may start next, and where; of cores that are free at the same time one is as good as another."""
        cores = {free[core]: core for core in reversed(range(self.cores))}.values()
        for tx_index in sorted(range(self.graph.size), key=lambda tx_index: -self.chains[tx_index]):
            if tx_index not in ends and all(before in ends for before in self.graph.predecessors[tx_index]):
                yield from ((tx_index, core) for core in cores)

    def _least(self, free: tuple[int, ...], ends: Mapping[int, int]) -> int:
        """Return a time that this beginning cannot beat, however it goes on."""
        left = [tx_index for tx_index in range(self.graph.size) if tx_index not in ends]
        shared = -(-(sum(free) + sum(map(self.cost, left))) // self.cores)
        return max([shared, *free, *(min(free) + self.chains[tx_index] for tx_index in left)])


def batch_schedule(
    graph: DependencyGraph, cost: Cost, cores: int, batches: Sequence[Sequence[int]], priority: Priority = block_order
) -> tuple[TaskSpan, ...]:
    """Return the schedule with a barrier after each batch: the next one starts when all of this one has ended.

    Args:
        batches: `graph.layers`, or those of `colour_batches` where the order of the block may be chosen.

    Raises:
        InputError: no cores.
    """
    rank, spans = priority(graph, cost), list[TaskSpan]()
    for batch in batches:
        free = [(makespan(spans), core) for core in range(_checked(cores))]
        for tx_index in sorted(batch, key=lambda tx_index: (rank[tx_index], tx_index)):
            start, core = heappop(free)
            heappush(free, (start + cost(tx_index), core))
            spans.append(TaskSpan(core, tx_index, incarnation=0, start=start, end=start + cost(tx_index)))
    return tuple(spans)


def makespan(spans: Iterable[TaskSpan]) -> int:
    """Return when the last piece of work ends."""
    return max((span.end for span in spans), default=0)


def busy_time(spans: Iterable[TaskSpan]) -> int:
    """Return how long all these pieces of work take together."""
    return sum(span.duration for span in spans)


def speedup(spans: Iterable[TaskSpan]) -> float:
    """Return how many times faster than one core that does the same work; 1 where there is none."""
    spans = tuple(spans)
    return busy_time(span for span in spans if not span.aborted) / makespan(spans) if spans else 1.0
