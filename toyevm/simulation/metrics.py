"""What a run on virtual cores took, and what it could have taken: every number that tables and charts show.

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
from typing import NamedTuple

from toyevm.analysis.dependencies import (
    Cost,
    DependencyGraph,
    Offset,
    Path,
    critical_path,
    dependency_graph,
    longest_chain,
)
from toyevm.errors import InputError
from toyevm.simulation.costs import GAS_ALONE, CostModel
from toyevm.simulation.run import Run, TaskSpan
from toyevm.simulation.schedule import busy_time, makespan
from toyevm.types import Address, Location


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
        """What no run with these cores beats, max(work / cores, span by access); it need not be reachable.

        Work / cores alone binds a run that is told the values beforehand (`block_access_list`): it does not wait.
        """
        return max(-(-self.work // self.cores), self.span_by_access)

    @property
    def efficiency(self) -> float:
        """How near the run came to the bound: there may be no way to 1, and none beyond for who has to wait."""
        return self.bound / self.makespan if self.makespan else 1.0


def measure(
    run: Run,
    cores: int,
    fee_recipient: Address | None = None,
    *,
    costs: CostModel = GAS_ALONE,
    hint_bytes: int = 0,
) -> Metrics:
    """Return the metrics of a run; one without spans, as the sequential backend's, counts as one core's work.

    Args:
        fee_recipient: the block's coinbase, whose balance depends on all fees.
        costs: those of the run; without them, reads and fetches are taken to be overhead of the run.
        hint_bytes: the length of the hints that the run used.
    """
    results, spans = run.result.results, run.spans
    graph = dependency_graph(results, fee_recipient=fee_recipient)
    durations = [costs.running(each.gas_before_refund, len(each.read_set)) for each in results]
    places = {location for each in results for location in each.read_set}
    work = sum(durations) + costs.fetch * len(places)
    time = makespan(spans) if spans else work
    executed = [span for span in spans if span.kind == "execute"]
    dry_runs = [span for span in spans if span.kind == "dry run"]
    aborted = [span for span in executed if span.aborted]
    return Metrics(
        cores=cores,
        work=work,
        makespan=time,
        span=longest_chain(graph.predecessors, durations.__getitem__),
        span_by_access=critical_path(graph, durations.__getitem__, offset_of(run, costs)).length,
        executions=run.attempts - len(dry_runs),
        dry_runs=len(dry_runs),
        aborts=run.aborts,
        aborts_by_location=dict(Counter(span.cause for span in aborted if span.cause is not None).most_common()),
        cascade_depth=max((each.depth for each in _cascade(graph, aborted)), default=0),
        wasted=busy_time([*aborted, *dry_runs]) / max(1, busy_time([*executed, *dry_runs])),
        validations=sum(span.kind == "validate" for span in spans),
        utilisation=busy_time(spans) / (cores * time) if spans and time else 1.0,
        dependency_distances=_distances(graph),
        commit_latency=_commit_latency(spans),
        hint_bytes=hint_bytes,
    )


class Abort(NamedTuple):
    """An execution that was thrown away.

    Attributes:
        writer: the transaction whose value it needs where it was found wrong; None if none writes there in the end.
        depth: 1, or one more than that of the writer if that one was aborted, too.
    """

    span: TaskSpan
    writer: int | None
    depth: int


def cascade(run: Run, fee_recipient: Address | None = None) -> tuple[Abort, ...]:
    """Return the aborts of a run, transaction by transaction, each with the one that it may come from."""
    aborted = [span for span in run.spans if span.kind == "execute" and span.aborted]
    return _cascade(dependency_graph(run.result.results, fee_recipient=fee_recipient), aborted)


def _cascade(graph: DependencyGraph, aborted: Iterable[TaskSpan]) -> tuple[Abort, ...]:
    writers = {(after, location): before for before, after, location, *_ in graph.dependencies}
    depths: dict[int, int] = {}
    found = []
    for span in sorted(aborted, key=lambda span: span.tx_index):
        writer = writers.get((span.tx_index, span.cause)) if span.cause else None
        depth = 1 + (depths.get(writer, 0) if writer is not None else 0)
        depths[span.tx_index] = max(depths.get(span.tx_index, 0), depth)
        found.append(Abort(span, writer, depth))
    return tuple(found)


def offset_of(run: Run, costs: CostModel = GAS_ALONE) -> Offset:
    """Return a function that tells how far into its run a transaction read a location; 0 where that is unknown."""
    offsets = {tx_index: span.offsets(costs) for tx_index, span in run.final_spans.items()}
    return lambda tx_index, location: offsets.get(tx_index, {}).get(location, 0)


def time_of(run: Run) -> Cost:
    """Return how long the last execution of each transaction took, as a cost.

    Raises:
        InputError: the time of a run that was not simulated.
    """
    if not run.spans:
        raise InputError("no time without virtual cores", expected="a run on virtual cores")
    return {tx_index: span.duration for tx_index, span in run.final_spans.items()}.__getitem__


def path_by_access(run: Run, fee_recipient: Address, costs: CostModel = GAS_ALONE) -> Path:
    """Return the longest chain of a run on virtual cores if each reads a value as soon as it is there."""
    results = run.result.results
    durations = [costs.running(each.gas_before_refund, len(each.read_set)) for each in results]
    return critical_path(dependency_graph(results, fee_recipient), durations.__getitem__, offset_of(run, costs))


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
