"""Where submissions are marked: in sandboxes here, as many as go without slowing any, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from toyevm.backends.processes import usable_cores
from toyevm.bench.sweep.cluster import dask_executor
from toyevm.teaching.grading.sandbox import Limits

_MEMORY = Path("/proc/meminfo")


def default_jobs(limits: Limits) -> int:
    """Return how many submissions can run at a time: one a core, and no more than there is memory for.

    Limits are seconds of the CPU, so more would cost no submission anything; they would not be any faster, either.
    """
    return max(1, min(usable_cores(), _free_memory(limits.memory * usable_cores()) // limits.memory))


@contextmanager
def markers(jobs: int, dask: str | None = None) -> Iterator[Executor]:
    """Yield what marks: threads here, each waiting for a sandbox, or a cluster.

    A block that ends in an error, or by Ctrl-C, does not wait for what runs: it ends with this process.
    """
    if dask is not None:
        with dask_executor(dask) as cluster:
            yield cluster
        return
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="marking")
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _free_memory(otherwise: int) -> int:
    """Return the bytes that are free, where the system says so."""
    try:
        lines = _MEMORY.read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return otherwise
