"""Block-STM with a rule left out, over the real scheduler: what lesson 06 is about.

Each is a way to make a `BlockSTM`; the rest of the algorithm stays the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from toyevm.backends.block_stm.scheduler import Scheduler, Task
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.steps import Steps
from toyevm.teaching.kit.threads.model import MakeSTM

Make = Callable[..., BlockSTM]


class _SweepingMemory(MultiVersionMemory):
    """A memory in which an aborted incarnation leaves nothing behind."""

    suspect = MultiVersionMemory.remove


class _TrustingScheduler(Scheduler):
    """A scheduler that never lets a transaction spoil the reads of higher ones."""

    def finish_execution(self, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        return super().finish_execution(task, wrote_new_location=False)


class _Trusting(BlockSTM):
    def __post_init__(self) -> None:
        self.scheduler = _TrustingScheduler(self.size, self.first)


def without_estimates(size: int, converse: Any, memory: MultiVersionMemory, accounting: Any) -> BlockSTM:
    """Return Block-STM in which an abort removes what was written, instead of marking it."""
    return BlockSTM(size, converse, _SweepingMemory(memory.base), accounting)


without_new_locations: MakeSTM = _Trusting
