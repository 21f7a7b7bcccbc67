"""The numbers of a run, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from toyevm.backends import CostModel
from toyevm.results import BlockResult, TxResult
from toyevm.simulation.metrics import Metrics, measure
from toyevm.simulation.run import Run, TaskSpan
from toyevm.state import StateDiff
from toyevm.types import BEFORE_BLOCK, Field, Location, Read

SPOT, OTHER = Location(b"\x01" * 20, 0), Location(b"\x01" * 20, 1)
FEES = Location(b"\xfe" * 20, Field.BALANCE)


def tx(gas: int, reads: list[Location], writes: list[Location], fee: int = 0, refund: int = 0) -> TxResult:
    seen = {location: Read(BEFORE_BLOCK, 0) for location in reads}
    return TxResult(True, gas, fee, seen, dict.fromkeys(writes, 1), gas_refunded=refund)


def run_of(*results: TxResult, **fields: Any) -> Run:
    return Run(BlockResult(results, StateDiff()), **fields)


def span(core: int, tx_index: int, start: int, end: int, kind: str = "execute", **fields: object) -> TaskSpan:
    return TaskSpan(core, tx_index, fields.pop("incarnation", 0), start, end, kind, **fields)  # type: ignore[arg-type]


# 0 writes a place that 1 reads after 60 of its 100, and 2 does not touch it. 1 is tried in vain at first.
RUN = run_of(
    tx(100, [], [SPOT]),
    tx(90, [SPOT], [OTHER], refund=10),
    tx(50, [], []),
    spans=(
        span(1, 1, 0, 100, aborted=True, cause=SPOT, accesses=((SPOT, 60),)),
        span(0, 0, 0, 100),
        span(0, 0, 100, 105, "validate"),
        span(0, 0, 105, 110, "commit"),
        span(1, 2, 100, 150),
        span(0, 1, 110, 210, incarnation=1, accesses=((SPOT, 60),)),
        span(0, 1, 210, 215, "commit"),
        span(1, 2, 215, 220, "commit"),
    ),
    attempts=4,
    aborts=1,
)


@pytest.fixture(scope="module")
def metrics() -> Metrics:
    return measure(RUN, cores=2, hint_bytes=3)


def test_work_span_and_speedup_equal_the_figures_by_hand(metrics: Metrics) -> None:
    assert (metrics.work, metrics.makespan) == (250, 220)
    assert metrics.span == 200  # 1 begins when 0 has ended
    assert metrics.span_by_access == 140  # it may begin at 40, to read at 100
    assert (metrics.bound, metrics.efficiency) == (140, 140 / 220)
    assert measure(RUN, cores=1).bound == 250
    assert metrics.speedup == 250 / 220


def test_executions_dry_runs_and_aborts_equal_the_counts_by_hand(metrics: Metrics) -> None:
    assert (metrics.executions, metrics.dry_runs, metrics.aborts) == (4, 0, 1)
    assert metrics.executions_per_transaction == 4 / 3
    assert metrics.aborts_by_location == {SPOT: 1}
    assert (metrics.cascade_depth, metrics.validations, metrics.hint_bytes) == (1, 1, 3)
    assert metrics.wasted == 100 / 350


def test_utilisation_latency_and_distances_equal_the_figures_by_hand(metrics: Metrics) -> None:
    assert metrics.utilisation == (100 + 100 + 5 + 5 + 50 + 100 + 5 + 5) / (2 * 220)
    assert metrics.commit_latency == (120, 215)  # of 110, 215 and 120
    assert metrics.dependency_distances == {1: 1}


def test_a_cascade_is_followed_to_its_last_abort() -> None:
    chain = tuple(tx(10, [SPOT], [SPOT]) for _ in range(4))
    spans = tuple(span(0, i, i, i + 1, aborted=True, cause=SPOT) for i in (2, 1, 3))
    assert measure(run_of(*chain, spans=spans, attempts=7, aborts=3), 1).cascade_depth == 3
    assert measure(run_of(*chain, spans=spans[:1], attempts=5, aborts=1), 1).cascade_depth == 1


def test_a_reader_of_the_fees_waits_for_those_who_pay_them() -> None:
    block = run_of(tx(10, [], [], fee=1), tx(10, [], [], fee=1), tx(10, [FEES], []), attempts=3)
    assert measure(block, 1).span == 10
    with_fees = measure(block, 1, fee_recipient=FEES.address)
    assert (with_fees.span, with_fees.dependency_distances) == (20, {1: 1, 2: 1})


def test_a_sequential_run_has_speedup_and_efficiency_one() -> None:
    metrics = measure(run_of(*RUN.result.results, attempts=3), 1)
    assert (metrics.makespan, metrics.speedup, metrics.efficiency, metrics.utilisation) == (250, 1.0, 1.0, 1.0)
    assert measure(run_of(), 1).speedup == 1.0


def test_a_dry_run_counts_as_wasted_work() -> None:
    spans = (*RUN.spans, span(0, 0, 215, 315, "dry run"))
    metrics = measure(run_of(*RUN.result.results, spans=spans, attempts=5, aborts=1), cores=2)
    assert (metrics.executions, metrics.dry_runs, metrics.wasted) == (4, 1, 200 / 450)


def test_the_single_core_pays_for_reads_and_fetches() -> None:
    assert measure(RUN, 1, costs=CostModel(gas=3, read=0)).work == 750
    metrics = measure(RUN, 1, costs=CostModel(gas=3, read=20, fetch=7))
    assert metrics.work == 750 + 20 + 7  # one read, of one place
    assert metrics.span == 300 + 300 + 20
    assert metrics.span_by_access == 300 + (300 - 180)  # the read is paid for when it sees the value


def test_the_clock_of_a_run_never_goes_back() -> None:
    """What is asked for after a frame has given gas back was not asked for earlier."""
    last = span(0, 1, 0, 90, accesses=((OTHER, 60), (SPOT, 50)))
    block = run_of(tx(100, [], [SPOT]), tx(90, [SPOT], []), spans=(span(1, 0, 0, 100), last))
    assert measure(block, 2).span_by_access == 100 + 90 - 60
