"""How fast: one core of this computer by its clock, and every strategy in virtual time, brought to seconds by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.bench.compare.figures import TaggedFigure, measured, simulated
from toyevm.bench.judged_block import JudgedBlock
from toyevm.bench.machine import cpu_time
from toyevm.bench.replay import recover_senders
from toyevm.workloads.workload import Workload

WARM_UP, REPEATS = 2, 5
VIRTUAL = "virtual time, in seconds of one core as measured in this run"


@dataclass(frozen=True)
class OneCore:
    """The block on one core of this computer; senders are known before the clock is started.

    Attributes:
        seconds: of the processor, for the block: the median of five runs after two that count for nothing.
        makespan: of the same block on one virtual core.
    """

    seconds: float
    makespan: int
    transactions: int

    @property
    def rate(self) -> TaggedFigure:
        return measured(self.transactions / self.seconds, "tx/s", f"one core, median of {REPEATS} runs")

    def rate_in(self, makespan: int) -> TaggedFigure:
        """Return transactions a second where the block takes so much virtual time."""
        return simulated(self.transactions / self.seconds * self.makespan / makespan, "tx/s", VIRTUAL)


def on_one_core(judged: JudgedBlock) -> OneCore:
    """Measure the sequential backend."""
    workload, sequential = judged.workload, BACKENDS.named("sequential")
    recover_senders(workload.block.transactions)

    def execute() -> Any:
        return sequential.execute_block(workload.pre, workload.block, RunConfig(workload.chain))

    times = [cpu_time([execute])[0] for _ in range(WARM_UP + REPEATS)]
    makespan = judged.figures(sequential, 1, with_hints=False)["makespan"]
    return OneCore(median(times[WARM_UP:]), makespan, len(workload.block.transactions))


def strategies() -> list[tuple[Backend, bool]]:
    """Return every way to execute, with honest hints and without where there is a choice."""
    return [(one, hinted) for one in BACKENDS.strategies for hinted in ([True, False] if one.hint_kind else [False])]


def executing_rows(
    workload: Workload, cores: int, progress: Callable[[str], None] = lambda name: None
) -> tuple[OneCore, list[dict[str, Any]]]:
    """Return one core's speed, and a row for each strategy on so many virtual cores."""
    judged, rows = JudgedBlock.of(workload), []
    one = on_one_core(judged)
    for backend, hinted in strategies():
        progress(backend.name)
        used = cores if backend.kind == "parallel" else 1
        found = judged.figures(backend, used, hinted)
        rows.append(
            {
                "system": backend.name + (", honest hints" if hinted else ", no hints" if backend.hint_kind else ""),
                "equal": found["equal"],
                "cores": used,
                "rate": one.rate_in(found["makespan"]),
                "measuredRate": one.rate if backend.name == "sequential" else None,
                "speedup": simulated(found["speedup"], "times"),
                "executions": simulated(found["executionsPerTransaction"], "executions/tx"),
                "hintBytes": simulated(found["hintBytes"], "bytes"),
            }
        )
    return one, rows
