"""What each thread of Block-STM does: execute, publish, validate, until the scheduler has nothing left.

An execution reads through multi-version memory and remembers in which versions. A validation looks the same locations
up again: if another version is there now, what was written is wrong and stays as estimates, and the transaction
runs again.

Source: Block-STM (arXiv 2203.06871), algorithms 1 to 3. There a transaction that meets an estimate fails, and begins
again from the start in its next incarnation; so it does here. Only where the one it would have to wait for has run by
now, it simply reads again and goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from toyevm.backends.block_stm.scheduler import Scheduler, Task
from toyevm.simulation.conversation import Conclusion, Conversation
from toyevm.simulation.multiversion import Blocked, MultiVersionMemory
from toyevm.simulation.steps import Action, Step, Steps
from toyevm.types import Location, Version


@dataclass
class BlockSTM:
    """A block under way: what all threads share.

    Attributes:
        converse: begins the execution of a transaction.
        attempts: the last outcome of each transaction that has one, and which incarnation it was.
        causes: why an incarnation came to nothing: where it met an estimate, or an outdated version.
    """

    size: int
    converse: Callable[[int], Conversation]
    memory: MultiVersionMemory
    scheduler: Scheduler = field(init=False)
    attempts: dict[int, tuple[Version, Conclusion]] = field(default_factory=dict, init=False)
    causes: dict[Version, Location] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(self.size)

    def thread(self) -> Steps[None]:
        """Work until everything is done."""
        task: Task | None = None
        while not self.scheduler.is_done:
            if task is None:
                task = yield from self.scheduler.next_task()
            elif task.kind == "execute":
                task = yield from self._execute(task)
            else:
                task = yield from self._validate(task)

    def _execute(self, task: Task) -> Steps[Task | None]:
        tx_index, incarnation = version = Version(task.tx_index, task.incarnation)
        yield Step(Action.EXECUTE, tx_index, incarnation)
        talk = self.converse(tx_index)
        try:
            access = next(talk)
            while True:
                yield Step(Action.READ, tx_index, incarnation, access.location, gas=access.gas_used)
                try:
                    read = self.memory.read(access.location, tx_index)
                except Blocked as blocked:
                    if (yield from self.scheduler.add_dependency(tx_index, blocked.tx_index)):
                        self.causes[version] = access.location
                        return None
                else:
                    access = talk.send(read)
        except StopIteration as stop:
            outcome: Conclusion = stop.value
        yield Step(Action.CONCLUDE, tx_index, incarnation, gas=outcome.gas)
        wrote_new_location = yield from self._record(version, outcome)
        return (yield from self.scheduler.finish_execution(task, wrote_new_location))

    def _record(self, version: Version, outcome: Conclusion) -> Steps[bool]:
        """Publish what was written, one location after the other; tell whether one is new for this transaction."""
        tx_index, incarnation = version
        writes = outcome.result.write_set if outcome.result else {}
        before = self.memory.written_by(tx_index)
        for location, value in writes.items():
            yield Step(Action.WRITE, tx_index, incarnation, location)
            self.memory.put(version, location, value)
        for location in before:
            if location not in writes:
                yield Step(Action.REMOVE, tx_index, incarnation, location)
                self.memory.remove(tx_index, location)
        yield Step(Action.KEEP, tx_index, incarnation)
        self.attempts[tx_index] = version, outcome
        return not writes.keys() <= set(before)

    def _validate(self, task: Task) -> Steps[Task | None]:
        tx_index, incarnation = task.tx_index, task.incarnation
        yield Step(Action.VALIDATE, tx_index, incarnation)
        stale = yield from self._find_stale(tx_index)
        aborted = stale is not None and (yield from self.scheduler.try_validation_abort(task))
        if aborted and stale is not None:
            self.causes[Version(tx_index, incarnation)] = stale
            for location in self.memory.written_by(tx_index):
                yield Step(Action.SUSPECT, tx_index, incarnation, location)
                self.memory.suspect(tx_index, location)
        return (yield from self.scheduler.finish_validation(tx_index, aborted))

    def _find_stale(self, tx_index: int) -> Steps[Location | None]:
        """Return a location that looks different now: another version, or an estimate."""
        version, outcome = self.attempts[tx_index]
        for location, read in outcome.reads.items():
            yield Step(Action.COMPARE, tx_index, version.incarnation, location)
            try:
                if self.memory.read(location, tx_index).version != read.version:
                    return location
            except Blocked:
                return location
        return None
