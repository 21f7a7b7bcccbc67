"""How good predictions are: of the pairs that met, and of the time that they save.

A predictor names pairs that should not run at the same time. `dependency_dag` gets them as its edge list, and checks
everything, so results are the same whatever is predicted. The time is compared with that of an empty list, with which
all run at once, and with that of an oracle's. Two rows beside them need no predictor: the same backend that executes
the block once more to find the list, and Block-STM, which waits for values. Who has that one may need no hints.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from toyevm.backends import BACKENDS, Hints, RunConfig
from toyevm.backends.base import compare_results
from toyevm.bench.learned.examples import Example, Pair
from toyevm.bench.learned.features import TxFeatures
from toyevm.bench.learned.rules import RuleBook
from toyevm.simulation.metrics import measure

BACKEND = "dependency_dag"
LEAST_SAVED = 0.02  # of the time; below, there is nothing to share


class Predictor(Protocol):
    """Says of a block, before it runs, which pairs will meet."""

    @property
    def name(self) -> str: ...

    def pairs(self, block: Sequence[TxFeatures]) -> set[Pair]:
        """Return pairs (before, after) of which the later one will read what the earlier one writes."""
        ...


@dataclass(frozen=True)
class Oracle:
    """Knows the block, since it has run."""

    example: Example
    name: str = "oracle"

    def pairs(self, block: Sequence[TxFeatures]) -> set[Pair]:
        """Return the pairs that did meet."""
        return set(self.example.pairs)


@dataclass(frozen=True)
class Judgement:
    """What predictions for one block were worth; time is virtual.

    Attributes:
        predicted, right, there: how many pairs were named, how many of these met, how many met at all.
        makespan: of the block, with these hints; `without` and `best`: with an empty list, and with the oracle's.
        speedup: over one core.
        equal: whether the result was the sequential one.
    """

    block: str
    predictor: str
    predicted: int
    right: int
    there: int
    makespan: int
    without: int
    best: int
    speedup: float
    executions: float
    equal: bool

    @property
    def precision(self) -> float:
        """Of the pairs that were named, the share that met; 1 if none was named."""
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Of the pairs that met, the share that was named; 1 if none met."""
        return self.right / self.there if self.there else 1.0


def share_won(judgements: Iterable[Judgement]) -> float | None:
    """Return, of the time that the oracle saves over an empty list, the share that these save, over all their blocks.

    It is negative where they are slower than that, and None where the oracle saves next to nothing: as a share of
    that, anything would be huge.
    """
    rows = list(judgements)
    without, best = sum(row.without for row in rows), sum(row.best for row in rows)
    saved = without - best
    return (without - sum(row.makespan for row in rows)) / saved if saved > LEAST_SAVED * without else None


def judge(predictors: Sequence[Predictor], example: Example, cores: int = 16) -> list[Judgement]:
    """Judge predictors on one block, and beside them who has none, and the oracle."""
    without, best = _run(example, (), cores), _run(example, example.pairs, cores)
    alone = {"no hints": without, "dry run": _run(example, None, cores)}
    alone["Block-STM"] = _run(example, None, cores, "block_stm")
    rows = [_row(example, name, set(), timed, without, best) for name, timed in alone.items()]
    for predictor in (*predictors, Oracle(example)):
        pairs = predictor.pairs(example.features)
        rows.append(_row(example, predictor.name, pairs, _run(example, pairs, cores), without, best))
    return rows


def location_scores(rules: RuleBook, example: Example) -> tuple[float, float]:
    """Return precision and recall of the locations that rules name for a block, reads and writes together."""
    named = right = there = 0
    for features, reads, writes in zip(example.features, example.reads, example.writes, strict=True):
        locks = rules.locks(features)
        for told, found in ((locks.reads, reads), (locks.writes, writes)):
            named, right, there = named + len(told), right + len(told & found), there + len(found)
    return right / named if named else 1.0, right / there if there else 1.0


@dataclass(frozen=True)
class _Timed:
    makespan: int
    speedup: float
    executions: float
    equal: bool


def _run(example: Example, pairs: Collection[Pair] | None, cores: int, backend: str = BACKEND) -> _Timed:
    judged, workload = example.judged, example.judged.workload
    hints = None if pairs is None else Hints(edges=tuple(sorted(pairs)))
    config = RunConfig(workload.chain, cores, hints=hints, transcripts=judged.transcripts)
    run = BACKENDS.named(backend).execute_block(workload.pre, workload.block, config)
    found = measure(run, cores, workload.block.header.coinbase, costs=config.costs)
    return _Timed(
        found.makespan, found.speedup, found.executions_per_transaction, not compare_results(run.result, judged.right)
    )


def _row(
    example: Example, name: str, pairs: Collection[Pair], timed: _Timed, without: _Timed, best: _Timed
) -> Judgement:
    right = len(example.pairs.intersection(pairs))
    return Judgement(
        example.name,
        name,
        len(pairs),
        right,
        len(example.pairs),
        timed.makespan,
        without.makespan,
        best.makespan,
        timed.speedup,
        timed.executions,
        timed.equal,
    )
