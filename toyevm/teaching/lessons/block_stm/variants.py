"""Block-STM with a rule left out, over the real threads and the real scheduler.

Each is a way to make a `BlockSTM` (`MakeSTM`); the rest of the algorithm stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from toyevm.backends.block_stm.accounting import FeesApart
from toyevm.backends.block_stm.scheduler import Scheduler, Task
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.simulation.conversation import Conversation
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.steps import Steps
from toyevm.teaching.kit.threads.lanes import MakeSTM

complete: MakeSTM = BlockSTM


class _SweptMemory(MultiVersionMemory):
    """A memory in which an aborted incarnation leaves nothing behind."""

    suspect = MultiVersionMemory.remove


class _TrustingScheduler(Scheduler):
    """A scheduler for which no write is at a new location: only the writer itself is validated after it."""

    def finish_execution(self, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        return super().finish_execution(task, wrote_new_location=False)


class _TrustingSTM(BlockSTM):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.scheduler = _TrustingScheduler(self.size, self.first)


def without_estimates(
    size: int, converse: Callable[[int], Conversation], memory: MultiVersionMemory, accounting: FeesApart
) -> BlockSTM:
    """Return Block-STM in which an abort removes what was written, instead of marking it."""
    return BlockSTM(size, converse, _SweptMemory(memory.base), accounting)


def without_new_locations(
    size: int, converse: Callable[[int], Conversation], memory: MultiVersionMemory, accounting: FeesApart
) -> BlockSTM:
    """Return Block-STM that validates nobody else when a transaction writes where it has not written before."""
    return _TrustingSTM(size, converse, memory, accounting)
