"""Where submissions are marked: in processes here, as many as go without slowing any, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

from toyevm.backends.processes import usable_cores
from toyevm.bench.sweep.cluster import dask_executor
from toyevm.bench.sweep.processes import LocalProcesses
from toyevm.teaching.grading.sandbox import Limits

_MEMORY = Path("/proc/meminfo")


def default_jobs(limits: Limits) -> int:
    """Return how many submissions can run at a time: one a core, and no more than there is memory for.

    Limits are seconds of the CPU, so more would cost no submission anything; they would not be any faster, either.
    """
    return max(1, min(usable_cores(), _free_memory(limits.memory * usable_cores()) // limits.memory))


@contextmanager
def markers(jobs: int, dask: str | None = None) -> Iterator[Executor]:
    """Yield what marks: processes here, which end at once when the block does by an error, or a cluster."""
    with dask_executor(dask) if dask is not None else LocalProcesses(jobs) as executor:
        yield executor


def _free_memory(otherwise: int) -> int:
    """Return the bytes that are free, where the system says so."""
    try:
        lines = _MEMORY.read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return otherwise
