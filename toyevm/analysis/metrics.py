"""What a run on virtual cores took, and what it could have taken: all numbers that lessons and tables speak of.

Everything is read off the result: the sets that transactions left behind say what was possible, the spans say what
happened. *Work* is the time of all transactions one after the other. The *span* is the longest chain of transactions
each of which needs the one before. Counted by transaction, one starts when those it needs have ended: no schedule that
runs whole transactions in turn beats it. One that reads late can, down to the span by access: there a transaction runs
up to the very read that needs the other's value. No number of cores beats that.

Time is that of one unit of gas, refunds not deducted, and at least the floor of calldata (EIP-7623). Work, spans and
bound hold what nobody is spared: gas, reads, and what is fetched. They do not hold what a strategy adds: handing over,
validating, committing; these are free to the single core that runs are compared with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple, Protocol

from toyevm.analysis.dependencies import DependencyGraph, critical_path, dependency_graph
from toyevm.results import BlockResult, TaskSpan, TxResult
from toyevm.types import Address, Location


class Costs(Protocol):
    """The costs that nobody is spared: a part of a `CostModel`."""

    @property
    def gas(self) -> int: ...
    @property
    def read(self) -> int: ...
    @property
    def fetch(self) -> int: ...


class GasAlone(NamedTuple):
    """Costs of a machine that has everything at hand."""

    gas: int = 1
    read: int = 0
    fetch: int = 0


GAS_ALONE = GasAlone()


@dataclass(frozen=True)
class Metrics:
    """The numbers of one run."""

    cores: int
    work: int
    makespan: int  # when the last core finished
    span: int  # by transaction
    span_by_access: int
    executions: int  # repeated ones included, dry runs not
    dry_runs: int
    aborts: int
    aborts_by_location: Mapping[Location, int]  # whose outdated version was seen, most frequent first
    cascade_depth: int  # the longest chain of aborted transactions, each of which missed a value of the one before
    wasted: float  # the part of all execution time that was thrown away, dry runs included
    validations: int
    utilisation: float  # the part of the cores' time in which they did something, useful or not
    dependency_distances: Mapping[int, int]  # how many pairs depend on each other over how many places in the block
    commit_latency: tuple[int, int]  # from a transaction's first start to its commit: median, 99th percentile
    hint_bytes: int

    @property
    def speedup(self) -> float:
        """How many times faster than one core that does nothing twice, and checks and commits for nothing."""
        return self.work / self.makespan if self.makespan else 1.0

    @property
    def executions_per_transaction(self) -> float:
        return self.executions / max(1, self.executions - self.aborts)

    @property
    def bound(self) -> int:
        """What no run with these cores beats, max(work / cores, span by access); it need not be reachable."""
        return max(-(-self.work // self.cores), self.span_by_access)

    @property
    def efficiency(self) -> float:
        """How near the run came to the bound: there is no more than 1, and there may be no way to 1."""
        return self.bound / self.makespan if self.makespan else 1.0


def measure(
    result: BlockResult,
    cores: int,
    fee_recipient: Address | None = None,
    *,
    costs: Costs = GAS_ALONE,
    hint_bytes: int = 0,
) -> Metrics:
    """Return the metrics of a run; one without spans, as the sequential backend's, counts as one core's work.

    Args:
        fee_recipient: the block's coinbase, whose balance depends on all fees.
        costs: those of the run; without them, reads and fetches are taken to be overhead of the run.
        hint_bytes: the length of the hints that the run used.
    """
    results, spans = result.results, result.spans
    graph = dependency_graph(results, fee_recipient=fee_recipient)
    durations = [_duration(each, costs) for each in results]
    places = {location for each in results for location in each.read_set}
    work = sum(durations) + costs.fetch * len(places)
    makespan = max((span.end for span in spans), default=work)
    runs = [span for span in spans if span.kind == "execute"]
    dry_runs = [span for span in spans if span.kind == "dry run"]
    aborted = [span for span in runs if span.aborted]
    offsets = {run.tx_index: _offsets(run, costs) for run in runs if not run.aborted}

    def offset(tx_index: int, location: Location) -> int:
        return offsets.get(tx_index, {}).get(location, 0)  # unknown: it reads right at its start

    return Metrics(
        cores=cores,
        work=work,
        makespan=makespan,
        span=critical_path(graph, durations.__getitem__).length,
        span_by_access=critical_path(graph, durations.__getitem__, offset).length,
        executions=result.attempts - len(dry_runs),
        dry_runs=len(dry_runs),
        aborts=result.aborts,
        aborts_by_location=dict(Counter(span.cause for span in aborted if span.cause is not None).most_common()),
        cascade_depth=_cascade_depth(graph, aborted),
        wasted=_time([*aborted, *dry_runs]) / max(1, _time([*runs, *dry_runs])),
        validations=sum(span.kind == "validate" for span in spans),
        utilisation=_time(spans) / (cores * makespan) if spans and makespan else 1.0,
        dependency_distances=_distances(graph),
        commit_latency=_commit_latency(spans),
        hint_bytes=hint_bytes,
    )


def _duration(result: TxResult, costs: Costs) -> int:
    return costs.gas * result.gas_before_refund + costs.read * len(result.read_set)


def _offsets(run: TaskSpan, costs: Costs) -> dict[Location, int]:
    """Return how long after its start a run came to each location."""
    gas = accumulate((gas_used for _, gas_used in run.accesses), max)
    return {
        location: costs.gas * used + costs.read * number
        for number, ((location, _), used) in enumerate(zip(run.accesses, gas, strict=True), start=1)
    }


def _time(spans: Iterable[TaskSpan]) -> int:
    return sum(span.end - span.start for span in spans)


def _cascade_depth(graph: DependencyGraph, aborted: Iterable[TaskSpan]) -> int:
    writers = {(after, location): before for before, after, location, *_ in graph.dependencies}
    depths: dict[int, int] = {}
    for span in sorted(aborted, key=lambda span: span.tx_index):
        writer = writers.get((span.tx_index, span.cause)) if span.cause else None
        depth = 1 + (depths.get(writer, 0) if writer is not None else 0)
        depths[span.tx_index] = max(depths.get(span.tx_index, 0), depth)
    return max(depths.values(), default=0)


def _distances(graph: DependencyGraph) -> dict[int, int]:
    pairs = [(before, after) for after, waits_for in enumerate(graph.predecessors) for before in waits_for]
    return dict(sorted(Counter(after - before for before, after in pairs).items()))


def _commit_latency(spans: Iterable[TaskSpan]) -> tuple[int, int]:
    first: dict[int, int] = {}
    latencies = []
    for span in spans:
        if span.kind == "execute":
            first[span.tx_index] = min(span.start, first.get(span.tx_index, span.start))
        elif span.kind == "commit":
            latencies.append(span.end - first[span.tx_index])
    latencies.sort()
    return (_percentile(latencies, 50), _percentile(latencies, 99))


def _percentile(values: Sequence[int], percent: int) -> int:
    """Return the nearest-rank percentile of sorted values; 0 if there is none.

    >>> _percentile([10, 20, 30, 40], 50), _percentile([10, 20, 30, 40], 99)
    (20, 40)
    """
    return values[max(0, -(-len(values) * percent // 100) - 1)] if values else 0
