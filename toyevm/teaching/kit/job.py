"""A block as work to be divided among cores: who waits for whom, and how long each transaction takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from toyevm.analysis.dependencies import DependencyGraph, Path, critical_path, dependency_graph, work
from toyevm.results import TxResult
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import Priority, block_order, list_schedule, makespan
from toyevm.types import Address


@dataclass(frozen=True)
class Job:
    """A block to be scheduled: who waits for whom, how long each transaction takes, and what it is called."""

    title: str
    graph: DependencyGraph
    costs: tuple[int, ...]
    labels: tuple[str, ...] = ()

    @cached_property
    def path(self) -> Path:
        return critical_path(self.graph, self.cost)

    @property
    def work(self) -> int:
        return work(self.graph, self.cost)

    def cost(self, tx_index: int) -> int:
        return self.costs[tx_index]

    def label(self, tx_index: int) -> str:
        return self.labels[tx_index] if self.labels else str(tx_index)

    def schedule(self, cores: int, priority: Priority = block_order) -> tuple[TaskSpan, ...]:
        return list_schedule(self.graph, self.cost, cores, priority)

    def speedup(self, cores: int) -> float:
        """Return how many times faster than on one core."""
        return Figures.of(self, cores).speedup


@dataclass(frozen=True)
class Figures:
    """What a schedule comes to; times are in gas."""

    makespan: int
    speedup: float
    busy: float

    @staticmethod
    def of(job: Job, cores: int) -> Figures:
        time = makespan(job.schedule(cores))
        return Figures(time, job.work / max(time, 1), job.work / max(time * cores, 1))


def job_of(
    title: str, results: Sequence[TxResult], fee_recipient: Address | None = None, labels: Sequence[str] = ()
) -> Job:
    """Return the job that an executed block makes: its dependencies, and gas as time."""
    graph = dependency_graph(results, fee_recipient)
    return Job(title, graph, tuple(result.gas_used for result in results), tuple(labels))
