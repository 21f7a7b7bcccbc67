"""Validation by readers' sets: whoever changes a value tells those who have read it, and nobody else looks again.

The paper's counter goes over everything above a change, though most have read something else. Here each location knows
its readers, so that a write, one taken back, or one that becomes an estimate names the transactions to validate. Each
outcome is validated once by itself: what changed before its reads were noted had nobody to tell.

1. An outcome is published; where that changes an entry, the readers above, up to the next writer, go on a list.
2. Its reads are noted, then it is validated. From here on, whoever changes one of them will tell.
3. Any thread takes from the list. Who fails is aborted, and its own readers go on the list, to be found out early: the
   next incarnation, which changes each of these entries, would tell them as well.

Source: Aptos, Block-STM v2 (aptos-core, aptos-move/block-executor, scheduler_v2.rs). There a read is noted when it is
made, so that a doomed execution can be stopped half-way, and the writer aborts the readers itself, by version; here
the readers are validated as in the paper, by whoever is free, which leaves its statuses and its end as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from sys import maxsize

from toyevm.backends.block_stm.scheduler import Scheduler, SharedCounter, Task
from toyevm.simulation.location_index import LocationIndex
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.steps import Action, Step, Steps
from toyevm.types import Field, Location


class Readers:
    """Of each location, the transactions whose last outcome has read it."""

    def __init__(self, memory: MultiVersionMemory) -> None:
        self._memory, self._index = memory, LocationIndex()

    def replace(self, tx_index: int, reads: Iterable[Location]) -> None:
        """Note what the last outcome of a transaction has read; who reads a slot has seen that nobody cleared it."""
        noted = set(reads)
        noted |= {Location(location.address, Field.STORAGE) for location in noted if location.is_slot}
        self._index.replace(tx_index, noted)

    def misled(self, tx_index: int, location: Location) -> Collection[int]:
        """Return who may see something else at a location now that a transaction has changed its entry there."""
        readers = self._index.at(location)
        last = self._memory.next_writer(location, tx_index)
        return readers[bisect_right(readers, tx_index) : len(readers) if last is None else bisect_right(readers, last)]


class Worklist(SharedCounter):
    """The transactions to validate, in place of a counter: its value is the lowest of them, or beyond the end."""

    end = maxsize

    def __init__(self, name: str) -> None:
        super().__init__(name, self.end)
        self.waiting = set[int]()

    def take(self) -> Steps[int]:
        """Take the lowest."""
        yield Step(Action.TAKE, what=self.name)
        lowest = self.value
        self.waiting.discard(lowest)
        self.value = min(self.waiting, default=self.end)
        return lowest

    def put(self, tx_indices: Collection[int]) -> Steps[None]:
        """Add some."""
        yield Step(Action.LOWER, what=self.name)
        self.waiting.update(tx_indices)
        self.value = min(self.waiting, default=self.end)


class PushScheduler(Scheduler):
    """The paper's scheduler, but for what is validated after a change."""

    def __init__(self, size: int, first: int = 0) -> None:
        super().__init__(size, first)
        self.to_validate = self.validation_index = Worklist("to validate")

    def revalidate(self, tx_indices: Collection[int]) -> Steps[None]:
        """Let these be validated by whoever is free. The thread that asks must be active."""
        if tx_indices:
            yield from self.to_validate.put(tx_indices)
            yield from self.decrease_count.add(1)

    def _follow_up(self, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        yield from ()
        return Task("validate", task.tx_index, task.incarnation)

    def _distrust_above(self, tx_index: int) -> Steps[None]:
        yield from ()  # the readers have been told
