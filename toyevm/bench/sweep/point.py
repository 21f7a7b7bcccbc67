"""One point of a sweep: run its backend on its block, in virtual time, and return the figures as a flat row."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Any

from toyevm.backends import BACKENDS
from toyevm.bench.judged_block import JudgedBlock
from toyevm.bench.sweep.grid import Point
from toyevm.workloads.contention import DIALS

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
    judged = _judged(point.workload, point.contention, point.transactions, point.seed)
    figures = judged.figures(BACKENDS.named(point.backend), point.cores, point.hints)
    latency = figures["commitLatency"]
    found = asdict(point) | figures | {"commitLatencyP50": latency["p50"], "commitLatencyP99": latency["p99"]}
    return {name: column(found[name]) for name, column in COLUMNS.items()}


@lru_cache(maxsize=2)  # points of one block come one after the other
def _judged(name: str, contention: float, transactions: int, seed: int) -> JudgedBlock:
    return JudgedBlock.of(DIALS[name](contention, transactions, seed))
