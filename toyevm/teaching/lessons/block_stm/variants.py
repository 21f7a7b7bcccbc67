"""Block-STM with a rule left out, over the real threads and the real scheduler; the rest stays as it is."""

from __future__ import annotations

from toyevm.backends.block_stm.scheduler import Scheduler, Task
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.steps import Steps
from toyevm.types import Location


class _SweptMemory(MultiVersionMemory):
    """A memory without estimates: what would become one is removed."""

    def suspect(self, tx_index: int, location: Location) -> None:
        if tx_index in self.entries_at(location):
            self.remove(tx_index, location)


class _TrustingScheduler(Scheduler):
    """A scheduler for which no write is at a new location: only the writer itself is validated after it."""

    def finish_execution(self, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        return super().finish_execution(task, wrote_new_location=False)


class WithoutEstimates(BlockSTM):
    """An abort removes what was written, instead of marking it."""

    def __post_init__(self) -> None:
        self.memory = _SweptMemory(self.memory.base)
        super().__post_init__()


class WithoutNewLocations(BlockSTM):
    """Who writes where they have not written before has nobody else validated."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.scheduler = _TrustingScheduler(self.size, self.first)


complete, without_estimates, without_new_locations = BlockSTM, WithoutEstimates, WithoutNewLocations
