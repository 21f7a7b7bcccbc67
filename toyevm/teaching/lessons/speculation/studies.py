"""The blocks and runs of lesson 05, for its cells and for what judges the turns."""

from __future__ import annotations

from collections.abc import Sequence

from toyevm.backends import Hints, Locks
from toyevm.simulation.run import Run
from toyevm.teaching.kit.runs import run_on
from toyevm.workloads.workload import Workload

SHOP = "Ann>Shop 5, Bob>Shop 7"


def run(workload: Workload, cores: int, backend: str = "optimistic", hints: Hints | None = None) -> Run:
    """Return a block as a backend executes it on virtual cores."""
    return run_on(backend, workload, cores, hints)


def run_locked(workload: Workload, cores: int, locks: Sequence[Locks]) -> Run:
    """Return a block as `declared_locks` executes it, with these locks for a hint."""
    return run(workload, cores, "declared_locks", Hints(locks=tuple(locks)))


def root_after(workload: Workload, result: Run) -> str:
    """Return the state root after a run, in hexadecimal."""
    return workload.pre.apply(result.result.diff).root.hex()
