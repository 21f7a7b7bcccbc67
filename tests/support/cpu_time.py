"""A limit of processor time, for what is judged by whether it ends: the machine may be as busy as it likes."""

from __future__ import annotations

import resource
import signal
import time
from contextlib import AbstractContextManager
from pathlib import Path

from toyevm.deadline import Strikes

TICK = 0.05  # seconds
MEMORY = 2**30  # bytes more than before: who needs as much will not end either


def resident() -> int:
    """Return how many bytes of memory this process has now; 0 where the system does not say."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * resource.getpagesize() if pages.exists() else 0


def cpu_limit(seconds: float) -> AbstractContextManager[None]:
    """Raise OutOfTime in the block when it has computed for so long, however busy the machine is, or fills memory.

    What the system does for it counts: who fills memory spends most of the time there. A limit by the system
    (RLIMIT_AS) would not do: at its end CPython 3.11 has no room for a number that it needs to handle MemoryError, and
    tries for ever.
    """
    begun, before = time.process_time(), resident()

    def is_over() -> bool:
        return time.process_time() - begun >= seconds or resident() - before >= MEMORY

    return Strikes((signal.ITIMER_PROF, signal.SIGPROF), min(seconds, TICK), TICK, is_over)
