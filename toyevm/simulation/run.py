"""What a backend hands back: the result of the block, and how this run came to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from toyevm.results import BlockResult
from toyevm.simulation.costs import CostModel
from toyevm.types import Location


@dataclass(frozen=True, slots=True)
class TaskSpan:
    """One piece of work on one virtual core, in the cost model's unit of time; an aborted one had to be done again."""

    core: int
    tx_index: int
    incarnation: int
    start: int
    end: int
    kind: str = "execute"
    aborted: bool = False
    cause: Location | None = None  # why it was aborted: it had seen an outdated version of this
    accesses: tuple[tuple[Location, int], ...] = field(default=(), repr=False)  # and the gas used when it came to each

    @property
    def duration(self) -> int:
        return self.end - self.start

    def offsets(self, costs: CostModel) -> dict[Location, int]:
        """Return how long a run had been at work when it read each location; waiting and jitter are not counted."""
        found, gas = {}, 0
        for number, (location, gas_used) in enumerate(self.accesses, start=1):
            gas = max(gas, gas_used)
            found[location] = costs.running(gas, number)
        return found


@dataclass(frozen=True)
class Run:
    """One execution of a block by one backend."""

    result: BlockResult
    spans: tuple[TaskSpan, ...] = field(default=(), repr=False)  # empty if the backend does not simulate time
    attempts: int = 0  # executions of transactions, repeated ones included
    aborts: int = 0  # executions that were thrown away
    repeats: int = 0  # of the aborts, what a strategy's own validation had missed: found when it was to become final
    foreseen: frozenset[tuple[int, Location]] = frozenset()  # reads that came from a list and were right

    @property
    def final_spans(self) -> dict[int, TaskSpan]:
        """The execution of each transaction that became final, by index; none without virtual cores."""
        return {span.tx_index: span for span in self.spans if span.kind == "execute" and not span.aborted}
