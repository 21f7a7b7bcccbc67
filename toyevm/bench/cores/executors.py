"""Where tasks may run: processes that are kept from task to task, threads, interpreters, a cluster.

All are executors of `concurrent.futures`, so what runs on one runs on any other.
"""

from __future__ import annotations

from toyevm.backends.processes import can_fork, usable_cores
from toyevm.bench.sweep.processes import LocalProcesses


def kept_processes(count: int | None = None) -> LocalProcesses:
    """Return processes that stay until the `with` block ends: forked where that is safe, and so with all that is kept.

    One for each core unless told otherwise. Beside threads, on macOS and on Windows they are spawned.
    """
    return LocalProcesses(count or usable_cores(), inherit=can_fork())
