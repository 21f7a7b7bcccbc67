"""What holds of every run on virtual cores, whatever it computes: where time goes, who works when, what that takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tests.backends.cases import Case
from tests.backends.judge import latest_read, origins
from toyevm.backends import RunConfig
from toyevm.backends.access_list_dag import locks_of
from toyevm.backends.declared_locks import assign_lanes, lock_order
from toyevm.backends.hints import Locks
from toyevm.simulation.metrics import measure
from toyevm.simulation.run import Run, TaskSpan
from toyevm.types import Field


class Habits(NamedTuple):
    """What a strategy does on purpose, and others would do by mistake.

    Attributes:
        starts_at_once: no transaction waits for anybody before its first run; else by the hints, or as it likes.
        publishes: writes are made visible as a part of the execution, one location after the other.
        commits_in_passing: whoever is free makes final what is ready for it.
    """

    starts_at_once: bool = False
    publishes: bool = False
    commits_in_passing: bool = False


HABITS = {  # of every backend on virtual cores, and of variants that are measured and not registered
    "two_phase": Habits(starts_at_once=True),
    "optimistic": Habits(),
    "optimistic_waiting": Habits(),
    "declared_locks": Habits(commits_in_passing=True),
    "dependency_dag": Habits(commits_in_passing=True),
    "access_list_dag": Habits(commits_in_passing=True),
    "block_stm": Habits(starts_at_once=True, publishes=True),
    "block_stm_naive": Habits(starts_at_once=True, publishes=True),
    "block_stm_lazy": Habits(starts_at_once=True, publishes=True),
    "block_stm_push": Habits(starts_at_once=True, publishes=True),
    "block_stm_stall": Habits(starts_at_once=True, publishes=True),
    "block_stm_push_stall": Habits(starts_at_once=True, publishes=True),
    "block_access_list": Habits(starts_at_once=True, commits_in_passing=True),
    "adaptive": Habits(publishes=True),
}


class Wait(NamedTuple):
    """Something could have been done from one moment on, and was begun at another; on any core, or on one."""

    what: str
    since: int
    until: int
    core: int | None = None


def broken_invariants(name: str, case: Case, config: RunConfig, run: Run) -> Iterator[str]:
    """Yield in words what does not hold of a run of the backend with this name."""
    if not run.spans or len(run.final_spans) < len(run.result.results):
        return  # there are no spans, or too few, as judge.py says
    if name not in HABITS:
        yield f"backend {name} has no row in HABITS (tests/backends/invariants.py), which says what it does on purpose"
        return
    yield from _misplaced(run.spans, config.cores)
    yield from _uncounted(run.spans)
    yield from _unaccounted(run, config)
    yield from _out_of_nowhere(run.spans, config)
    yield from _idle_in_vain(run.spans, config.cores, [*_first_waits(name, case, config, run), *_commits(name, run)])
    yield from _mispriced(name, run, config)
    yield from _unnoted(name, run)
    yield from _too_early(name, run, config)


def _misplaced(spans: Sequence[TaskSpan], cores: int) -> Iterator[str]:
    for span in spans:
        if not 0 <= span.core < cores or not 0 <= span.start <= span.end:
            yield f"a {span.kind} of {span.tx_index} on core {span.core} from {span.start} to {span.end}"


def _uncounted(spans: Sequence[TaskSpan]) -> Iterator[str]:
    """Attempts are numbered 0, 1, 2, ... in the order in which they were made."""
    numbers = defaultdict(list)
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if span.kind == "execute":
            numbers[span.tx_index].append(span.incarnation)
    for tx_index, found in numbers.items():
        if found != list(range(len(found))):
            yield f"the incarnations of {tx_index} are {found}"


def _by_core(spans: Sequence[TaskSpan]) -> dict[int, list[TaskSpan]]:
    cores = defaultdict(list)
    for span in spans:
        cores[span.core].append(span)
    return cores


def _gaps(spans: Sequence[TaskSpan], cores: int) -> list[tuple[int, int, int]]:
    """Return (core, start, end) of all time in which a core does nothing, up to the end of the run."""
    end, by_core, found = max(span.end for span in spans), _by_core(spans), []
    for core in range(cores):
        busy = sorted((span.start, span.end) for span in by_core.get(core, ()))
        edges = [(0, 0), *busy, (end, end)]
        found += [(core, before, after) for (_, before), (after, _) in pairwise(edges) if after > before]
    return found


def _unaccounted(run: Run, config: RunConfig) -> Iterator[str]:
    """All of the cores' time is work, waste, or idle; and the metrics say the same."""
    spans, whole = run.spans, config.cores * max(span.end for span in run.spans)
    waste = sum(span.duration for span in spans if span.aborted or span.kind == "dry run")
    work = sum(span.duration for span in spans) - waste
    idle = sum(end - start for _, start, end in _gaps(spans, config.cores))
    if work + waste + idle != whole:
        yield f"work {work}, waste {waste} and idle {idle} are not {whole}"
    if config.cores != 2:
        return  # what the metrics say is looked at now and then: it takes long
    metrics = measure(run, config.cores, costs=config.costs)
    if abs(metrics.utilisation * whole - (work + waste)) > 0.5 and whole:
        yield f"utilisation {metrics.utilisation} instead of {(work + waste) / whole}"
    executed = sum(span.duration for span in spans if span.kind in ("execute", "dry run"))
    if abs(metrics.wasted * executed - waste) > 0.5:
        yield f"wasted {metrics.wasted} instead of {waste / executed}"


def _out_of_nowhere(spans: Sequence[TaskSpan], config: RunConfig) -> Iterator[str]:
    """A core begins something when it has ended something, or because another has."""
    if config.costs.fetch:
        return
    ends = {0} | {span.end for span in spans}
    for span in spans:
        if span.start not in ends:
            yield f"a {span.kind} of {span.tx_index} begins at {span.start}, when nothing has happened"


def _idle_in_vain(spans: Sequence[TaskSpan], cores: int, waits: Sequence[Wait]) -> Iterator[str]:
    for core, start, end in _gaps(spans, cores):
        for wait in waits:
            since, until = max(start, wait.since), min(end, wait.until)
            if since < until and wait.core in (None, core):
                yield f"core {core} idles from {since} to {until}, and {wait.what} is ready"
                return


def _first_waits(name: str, case: Case, config: RunConfig, run: Run) -> Iterator[Wait]:
    """Yield for each transaction since when it could have run for the first time, as its strategy promises."""
    first: dict[int, TaskSpan] = {}
    for span in sorted(run.spans, key=lambda span: span.start):
        if span.kind == "execute":
            first.setdefault(span.tx_index, span)
    dry = max((span.end for span in run.spans if span.kind == "dry run"), default=0)
    plan = _plan(name, case, config)
    if HABITS[name].starts_at_once:
        plan = [()] * len(first), None
    if plan is None:
        return
    predecessors, lanes = plan
    for tx_index, span in first.items():
        since = max((first[before].end for before in predecessors[tx_index]), default=0)
        yield Wait(str(tx_index), max(dry, since), span.start, lanes[tx_index] if lanes else None)


def _plan(name: str, case: Case, config: RunConfig) -> tuple[Sequence[Sequence[int]], Sequence[int] | None] | None:
    """Return who waits for whom by the hints, and on which core; None where there is no plan, or one of its own."""
    hints, transactions = config.hints, case.block.transactions
    count = len(transactions)
    if name == "dependency_dag" and hints and hints.edges is not None:
        return [[b for b, a in hints.edges if a == tx_index and 0 <= b < a] for tx_index in range(count)], None
    if name == "access_list_dag" and hints and hints.access_lists is not None:
        lists = (*hints.access_lists, *((),) * count)
        return lock_order([locks_of(tx, lists[i]) for i, tx in enumerate(transactions)]), None
    if name == "declared_locks" and hints and hints.locks is not None:
        locks = (*hints.locks, *(Locks(),) * count)[:count]
        plan = assign_lanes(locks, [tx.gas_limit for tx in transactions], config.cores)
        return [list(each) for each in plan.predecessors], plan.lanes
    return None


def _commits(name: str, run: Run) -> Iterator[Wait]:
    """Yield since when each transaction could have been validated for its turn, where any free core does that."""
    if not HABITS[name].commits_in_passing:
        return
    began, ended, turn = {}, {}, {-1: 0}
    for span in run.spans:
        if span.kind == "execute":
            ended.setdefault(span.tx_index, span.end)
        elif span.kind == "validate":
            began.setdefault(span.tx_index, span.start)
        elif span.kind == "commit":
            turn[span.tx_index] = span.end
    for tx_index, start in began.items():
        if tx_index in ended and tx_index - 1 in turn:
            yield Wait(f"the commit of {tx_index}", max(ended[tx_index], turn[tx_index - 1]), start)


def _mispriced(name: str, run: Run, config: RunConfig) -> Iterator[str]:
    """The last execution of each transaction takes what the cost model says, contention and jitter included."""
    costs, slower = config.costs, 1_000 + config.costs.contention * (config.cores - 1)
    if costs.fetch:
        return
    jitter = 100 + (costs.jitter if config.seed else 0)
    for tx_index, span in run.final_spans.items():
        result, pieces = run.result.results[tx_index], 3 + len(span.accesses)
        least = most = costs.schedule + costs.gas * result.gas_before_refund + costs.read * len(span.accesses)
        if HABITS[name].publishes:
            pieces += len(result.write_set) + 1
            most += costs.commit * (len(result.write_set) + 1)  # it publishes, the fee as well
        low, high = least * slower // 1_000 - pieces, most * slower * jitter / 100_000
        if not low <= span.duration <= high:
            yield f"the execution of {tx_index} takes {span.duration}: not {low} to {high:.0f}"


def _unnoted(name: str, run: Run) -> Iterator[str]:
    """A span knows every location that its transaction asked for; what is paid unseen is looked up in the end."""
    for tx_index, span in run.final_spans.items():
        missing = run.result.results[tx_index].read_set.keys() - dict(span.accesses).keys()
        if name == "block_stm_lazy":
            missing = {location for location in missing if location.key != Field.BALANCE}
        if missing:
            yield f"the span of {tx_index} knows nothing of {min(missing)}"


def _too_early(name: str, run: Run, config: RunConfig) -> Iterator[str]:
    """Nobody sees a value before its writer has finished; in Block-STM, before it has begun to publish."""
    spans, results = run.final_spans, run.result.results
    slower = (1_000 + config.costs.contention * (config.cores - 1)) * (100 + config.costs.jitter * bool(config.seed))
    for tx_index, result in enumerate(results):
        accesses = dict(spans[tx_index].accesses)
        for location, read in result.read_set.items():
            writer = read.version.tx_index
            if writer not in spans or location not in accesses or (tx_index, location) in run.foreseen:
                continue
            visible = min(span.end for span in origins(run, spans[writer], read.version.incarnation))
            if HABITS[name].publishes:
                publishing = config.costs.commit * (len(results[writer].write_set) + 1)
                visible -= publishing * slower // 100_000 + 1
            if latest_read(spans[tx_index], result.gas_used + result.gas_refunded, location) < visible:
                yield f"{tx_index} read {location} before {writer} had finished"
