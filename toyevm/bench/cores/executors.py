"""Where tasks may run: processes that are kept from task to task, threads, interpreters of their own.

All are executors of `concurrent.futures`, so what runs on one runs on any other; a cluster is one more
(`bench.sweep.cluster`). Whether two Python threads run at once is a matter of how Python was built, so that is asked
and not assumed.
"""

from __future__ import annotations

import sys
from concurrent import futures
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from toyevm.backends.processes import can_fork, usable_cores
from toyevm.bench.cores.grains import Control, burn_control
from toyevm.bench.sweep.processes import LocalProcesses


@dataclass(frozen=True)
class Way:
    """A way to use several cores: its control, or why there is none here."""

    name: str
    control: Control | None
    why_not: str = ""

    def __str__(self) -> str:
        if self.control is None:
            return f"{self.name}: {self.why_not}"
        return f"{self.name}: {self.control.speedup:.2f}x on {self.control.cores} cores (measured)"


def kept_processes(count: int | None = None) -> LocalProcesses:
    """Return processes that stay until the `with` block ends: forked where that is safe, and so with all that is kept.

    One for each core unless told otherwise. Beside threads, on macOS and on Windows they are spawned.
    """
    return LocalProcesses(count or usable_cores(), inherit=can_fork())


def gil_is_on() -> bool:
    """Tell whether only one thread of this process runs Python at a time: always, but in a free-threaded build."""
    ask = getattr(sys, "_is_gil_enabled", None)  # since Python 3.13
    return ask is None or bool(ask())


def threads_under_gil(cores: int | None = None, seconds: float = 0.1, repeats: int = 5) -> Way:
    """Measure the control on threads that take turns."""
    name = "threads under the GIL"
    if not gil_is_on():
        return Way(name, None, "this Python runs without the GIL")
    return _measured(name, ThreadPoolExecutor(cores or usable_cores()), cores, seconds, repeats)


def free_threading(cores: int | None = None, seconds: float = 0.1, repeats: int = 5) -> Way:
    """Measure the control on threads of a free-threaded build (PEP 703), if this is one."""
    name = "threads without the GIL"
    if gil_is_on():
        return Way(name, None, f"Python {_version()} here has the GIL; the build python3.14t, say, has not")
    return _measured(name, ThreadPoolExecutor(cores or usable_cores()), cores, seconds, repeats)


def subinterpreters(cores: int | None = None, seconds: float = 0.1, repeats: int = 5) -> Way:
    """Measure the control on interpreters in one process, a GIL each (PEP 734), where Python has them."""
    name = "interpreters in one process"
    pool = getattr(futures, "InterpreterPoolExecutor", None)
    if pool is None:
        return Way(name, None, f"Python {_version()} has no pool of them; 3.14 and later have")
    return _measured(name, pool(cores or usable_cores()), cores, seconds, repeats)


def _measured(name: str, executor: Executor, cores: int | None, seconds: float, repeats: int) -> Way:
    with executor:
        return Way(name, burn_control(executor, cores, seconds, repeats))


def _version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
