"""Sweeps: every combination of workload, contention, cores and backend, computed by any executor, and resumable.

    with LocalProcesses(4) as executor, Store(Path("sweep.jsonl"), grid) as store:
        sweep = run_sweep(grid, executor, store)

A `Grid` says what is varied, and its points come in one order. A point is computed from nothing but itself, in virtual
time, so its row is the same whoever computes it and when. The store keeps every row as soon as it is there.
"""

from __future__ import annotations

from toyevm.bench.sweep.grid import Grid, Point
from toyevm.bench.sweep.point import COLUMNS, Row, run_point
from toyevm.bench.sweep.processes import LocalProcesses
from toyevm.bench.sweep.run import Sweep, run_sweep
from toyevm.bench.sweep.store import Store, read_store

__all__ = [
    "COLUMNS",
    "Grid",
    "LocalProcesses",
    "Point",
    "Row",
    "Store",
    "Sweep",
    "read_store",
    "run_point",
    "run_sweep",
]
