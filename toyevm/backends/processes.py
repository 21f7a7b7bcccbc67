"""Real cores: the same work in one process and in several, by the clock on the wall.

Python threads take turns, so real cores take processes. A process knows nothing: what it is to do is sent to it, what
came out is sent back, and starting one costs more than a small block. So processes are started, and have run
everything once, before the clock is. Beside every time belongs a *control*: work that shares nothing and sends nothing
(`burn`). It shows what this computer gives at best, now, with all that runs beside it.

Whatever runs in other processes ends within a time limit, and no process outlives it, or its parent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Thread
from time import perf_counter
from typing import Any

from toyevm.backends.base import RunConfig
from toyevm.backends.sequential import SequentialBackend
from toyevm.blocks import Block
from toyevm.state import ABSENT, StateDiff, WorldState
from toyevm.types import Address, Field, Location


@dataclass(frozen=True)
class RealRun:
    """What was measured, in seconds; where there is a `problem`, in one process only."""

    results: tuple[Any, ...]
    one_process: float
    many: float = 0.0
    problem: str = ""

    @property
    def speedup(self) -> float:
        return self.one_process / self.many if self.many else 1.0


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Tell whether this process may fork: on Linux, while it has one thread, those of libraries counted.

    A fork copies the locks that other threads hold, and not the threads, which would have released them. On macOS
    system libraries do not survive a fork; Windows has none.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:  # no /proc here, so nobody can tell
        return False


def measure_processes(
    function: Callable[[Any], Any], tasks: Sequence[Any], limit: float = 30.0, repeats: int = 3
) -> RealRun:
    """Run all tasks here, one after the other, then each in a process of its own; the fastest of `repeats` counts.

    Args:
        function: one that another process can import: at the top of a module, not of a notebook.
        limit: seconds for all that happens in other processes.
    """
    times = []
    for _ in range(repeats):
        begun = perf_counter()
        results = tuple(map(function, tasks))
        times.append(perf_counter() - begun)
    here = RealRun(results, min(times))
    if usable_cores() < len(tasks):
        problem = f"{len(tasks)} processes need {len(tasks)} cores; this computer offers {usable_cores()}"
        return replace(here, problem=problem)
    try:
        return _in_pool(function, tasks, here, perf_counter() + limit, repeats)
    except (ImportError, OSError) as error:  # no processes here, or no locks between them
        return replace(here, problem=f"no processes can be had here ({type(error).__name__})")


def _in_pool(function: Callable[[Any], Any], tasks: Sequence[Any], here: RealRun, end: float, repeats: int) -> RealRun:
    import multiprocessing

    # No fork: the kernel of a notebook has threads, whose locks a fork would copy without them.
    with multiprocessing.get_context("spawn").Pool(len(tasks), end_with_parent) as pool:  # leaving it ends them
        times = []
        try:
            for _ in range(repeats + 1):
                begun = perf_counter()
                results = pool.map_async(function, tasks, chunksize=1).get(end - begun)
                times.append(perf_counter() - begun)
        except multiprocessing.TimeoutError:
            return replace(here, problem="the processes did not answer in time")
    return replace(here, results=tuple(results), many=min(times[1:]))  # the first run warmed up


def end_with_parent() -> None:
    """Watch, in a new process, for the end of the one that wanted it: also one that was killed."""
    Thread(target=_leave_after_parent, daemon=True).start()


def _leave_after_parent() -> None:
    import multiprocessing

    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def burn(rounds: int) -> int:
    """Do arithmetic that nobody needs: the control."""
    value = 1
    for _ in range(rounds):
        value = value * 6364136223846793005 + 1 & 0xFFFFFFFFFFFFFFFF
    return value


def execute_part(part: tuple[WorldState, Block]) -> StateDiff:
    """Return what a part of a block of the main chain changes: what a process is asked for."""
    return SequentialBackend().execute_block(*part, RunConfig()).result.diff


def merge_parts(pre: WorldState, parts: Sequence[StateDiff], fee_recipient: Address) -> WorldState:
    """Return the world after parts of a block that need nothing of each other; what they pay in fees adds up."""
    fees = Location(fee_recipient, Field.BALANCE)
    worlds = [pre.apply(part) for part in parts]
    before, *after = (world.accounts.get(fee_recipient, ABSENT).balance for world in (pre, *worlds))
    merged = pre
    for part in parts:
        merged = merged.apply(part)
    return merged.apply(StateDiff({fees: before + sum(each - before for each in after)}))
