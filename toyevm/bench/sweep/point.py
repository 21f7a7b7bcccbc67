"""One point of a sweep: run its backend on its block, in virtual time, and return the figures as a flat row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from toyevm.backends import BACKENDS, CostModel, Hints, RunConfig, hints_for
from toyevm.backends.base import compare_results
from toyevm.bench.replay import describe
from toyevm.bench.sweep.grid import Point
from toyevm.results import BlockResult
from toyevm.simulation.metrics import measure
from toyevm.simulation.transcripts import Transcripts
from toyevm.workloads.contention import DIALS
from toyevm.workloads.workload import Workload

Row = dict[str, Any]

# The columns of every row and table, in order: first the point, then what was found there.
COLUMNS: dict[str, type] = {
    "workload": str,
    "contention": float,
    "seed": int,
    "backend": str,
    "cores": int,
    "transactions": int,
    "hints": bool,
    "equal": bool,  # the results are those of the sequential backend
    "speedup": float,
    "makespan": int,
    "work": int,
    "span": int,
    "spanByAccess": int,
    "efficiency": float,
    "executions": int,
    "dryRuns": int,
    "aborts": int,
    "cascadeDepth": int,
    "wasted": float,
    "validations": int,
    "utilisation": float,
    "commitLatencyP50": int,
    "commitLatencyP99": int,
    "hintBytes": int,
}


def run_point(point: Point) -> Row:
    """Return the row of a point; it depends on nothing else, so that any process or computer may be asked."""
    case = _case(point.workload, point.contention, point.transactions, point.seed)
    workload, block = case.workload, case.workload.block
    backend = BACKENDS.named(point.backend)
    kind = backend.hint_kind if point.hints else None
    hints = case.hints if kind else None
    config = RunConfig(workload.chain, cores=point.cores, hints=hints, transcripts=case.transcripts)
    run = backend.execute_block(workload.pre, block, config)
    size = case.hints.byte_sizes[kind] if kind else 0
    figures = describe(measure(run, point.cores, block.header.coinbase, costs=CostModel(), hint_bytes=size))
    latency = figures["commitLatency"]
    found = asdict(point) | figures | {"equal": not compare_results(run.result, case.oracle)}
    found |= {"commitLatencyP50": latency["p50"], "commitLatencyP99": latency["p99"]}
    return {name: column(found[name]) for name, column in COLUMNS.items()}


@dataclass(frozen=True)
class _Case:
    """What all points of one block share."""

    workload: Workload
    oracle: BlockResult
    hints: Hints
    transcripts: Transcripts


@lru_cache(maxsize=2)  # points of one block come one after the other
def _case(name: str, contention: float, transactions: int, seed: int) -> _Case:
    workload = DIALS[name](contention, transactions, seed)
    sequential = BACKENDS.named("sequential")
    oracle = sequential.execute_block(workload.pre, workload.block, RunConfig(workload.chain)).result
    hints = hints_for(workload.pre, workload.block, workload.chain, oracle.results)
    return _Case(workload, oracle, hints, Transcripts())
