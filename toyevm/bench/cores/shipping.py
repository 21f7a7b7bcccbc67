"""What it costs that a process knows a block and its state: to inherit it by a fork, or to be sent it."""

from __future__ import annotations

import pickle
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from statistics import median

from toyevm.backends.processes import can_fork
from toyevm.bench.cores.grains import run_all, timed
from toyevm.bench.cores.kept import SharedBlock
from toyevm.bench.sweep.processes import LocalProcesses


@dataclass(frozen=True)
class StartTimes:
    """Seconds until new processes have answered for the first time; `forked` is None where no fork is safe."""

    spawned: float
    forked: float | None


def start_times(cores: int, repeats: int = 3) -> StartTimes:
    """Start processes and end them, several times; medians. A fork takes all that this process knows along."""
    ways = {inherit: [_start(cores, inherit) for _ in range(repeats)] for inherit in (False, *[True] * can_fork())}
    return StartTimes(median(ways[False]), median(ways[True]) if True in ways else None)


def send_seconds(executor: Executor, kept: SharedBlock, cores: int, repeats: int = 3) -> float:
    """Return how long it takes to pack a block and its state, and to have `cores` processes unpack it; the median."""

    def send() -> None:
        packed = replace(kept).as_sent  # packed anew
        run_all(executor, unpack, [(packed,)] * cores)

    return median(timed(send) for _ in range(repeats))


def unpack(packed: bytes) -> int:
    """Do with a block and its state what a process does that is sent it."""
    _, _, block = pickle.loads(packed)
    return len(block.transactions)


def _start(cores: int, inherit: bool) -> float:
    def start() -> None:
        with LocalProcesses(cores, inherit=inherit) as processes:
            run_all(processes, len, [("",)] * cores)

    return timed(start)
