"""What each thread of Block-STM does: execute, publish, validate, until the scheduler has nothing left.

An execution reads through multi-version memory and remembers in which versions. A validation looks the same locations
up again: if another version is there now, what was written is wrong and stays as estimates, and the transaction
runs again.

Source: Block-STM (arXiv 2203.06871), algorithms 1 to 3. There a transaction that meets an estimate fails, and begins
again from the start in its next incarnation; so it does here. Only where the one it would have to wait for has run by
now, it simply reads again and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from toyevm.backends.block_stm.accounting import LAZY, FeesApart
from toyevm.backends.block_stm.push import PushScheduler, Readers
from toyevm.backends.block_stm.scheduler import Scheduler, Task, TaskStatus
from toyevm.simulation.conversation import Conclusion, Conversation
from toyevm.simulation.multiversion import Blocked, MultiVersionMemory
from toyevm.simulation.steps import Action, Step, Steps
from toyevm.types import Location, Read, Version


@dataclass(frozen=True)
class Switches:
    """What may be done otherwise than in the paper, each for itself.

    Attributes:
        pushes: whoever changes a value names those who are validated again, in place of all above (`push`).
        stalls: who runs again looks first whether there is an estimate where it read before; if so, it waits, and does
            not begin.
    """

    pushes: bool = False
    stalls: bool = False


PAPER = Switches()


@dataclass
class BlockSTM:
    """A block under way: what all threads share.

    Attributes:
        size: where it ends; the rest of the block is somebody else's.
        converse: begins the execution of a transaction.
        attempts: the last outcome of each transaction that has one, and which incarnation it was.
        paid: the fee recipient's balance that a transaction read to pay, None if it did not.
        further: asked when everything has been given out, and says where the block ends then.
        asked: where the last incarnation of a transaction has read, as far as it came.
        expected: who will write where, as can be seen before they run: estimates from the start.
        causes: why an incarnation came to nothing: where it met an estimate, or an outdated version.
    """

    size: int
    converse: Callable[[int], Conversation]
    memory: MultiVersionMemory
    accounting: FeesApart
    first: int = 0  # the transactions below are final
    expected: Iterable[tuple[int, Location]] = ()
    switches: Switches = PAPER
    further: Callable[[BlockSTM], int] | None = None
    scheduler: Scheduler = field(init=False)
    asked: dict[int, list[Location]] = field(default_factory=dict, init=False)
    attempts: dict[int, tuple[Version, Conclusion]] = field(default_factory=dict, init=False)
    paid: dict[int, Read | None] = field(default_factory=dict, init=False)
    causes: dict[Version, Location] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.scheduler = (PushScheduler if self.switches.pushes else Scheduler)(self.size, self.first)
        for tx_index, location in self.expected:
            self.memory.suspect(tx_index, location)

    @cached_property
    def readers(self) -> Readers:
        """Who has read what, if that is noted."""
        return Readers(self.memory)

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
        if self.switches.stalls and (yield from self._is_stalled(version)):
            return None
        yield Step(Action.EXECUTE, tx_index, incarnation)
        talk = self.converse(tx_index)
        self.asked[tx_index] = []
        seen: dict[Location, Read] = {}
        try:
            access = next(talk)
            while True:
                location, gas = access
                read = self.accounting.postpone(tx_index, location, seen)
                if read is None:
                    read = yield from self._read(version, location, gas)
                if read is None:
                    return None
                seen[location] = read
                access = talk.send(read)
        except StopIteration as stop:
            outcome: Conclusion = stop.value
        yield Step(Action.CONCLUDE, tx_index, incarnation, gas=outcome.gas)
        paid = None
        if self.accounting.reads_fees and outcome.result:
            paid = yield from self._read(version, self.accounting.fees, outcome.gas)
            if paid is None:
                return None
        wrote_new_location = yield from self._record(version, outcome, paid)
        if self.further and self.scheduler.execution_index.value >= self.scheduler.size:
            yield from self.scheduler.grow(self.further(self))
        return (yield from self.scheduler.finish_execution(task, wrote_new_location))

    def _read(self, version: Version, location: Location, gas: int) -> Steps[Read | None]:
        """Return what is there; None if it is an estimate, and the transaction waits now for who left it."""
        self.asked[version.tx_index].append(location)
        while True:
            yield Step(Action.READ, *version, location, gas=gas)
            try:
                return self.memory.read(location, version.tx_index)
            except Blocked as blocked:
                if (yield from self.scheduler.add_dependency(version.tx_index, blocked.tx_index)):
                    self.causes[version] = location
                    return None

    def _is_stalled(self, version: Version) -> Steps[bool]:
        """Look for an estimate where the last incarnation read; if there is one, wait for who left it."""
        if locations := self.asked.get(version.tx_index):
            yield Step(Action.VALIDATE, *version)
            for location in locations:
                yield Step(Action.COMPARE, *version, location)
                try:
                    self.memory.read(location, version.tx_index)
                except Blocked as blocked:
                    status = TaskStatus.STALLED
                    if (yield from self.scheduler.add_dependency(version.tx_index, blocked.tx_index, status)):
                        return True
        return False

    def _record(self, version: Version, outcome: Conclusion, paid: Read | None) -> Steps[bool]:
        """Publish what was written, one location after the other; tell whether one is new for this transaction."""
        tx_index, incarnation = version
        entries = self.accounting.entries(version, outcome, paid)
        before, misled = self.memory.written_by(tx_index), set[int]()
        for location, entry in entries.items():
            yield Step(Action.WRITE, tx_index, incarnation, location)
            self.memory.put(tx_index, location, entry)
            misled.update(self.readers.misled(tx_index, location))
        for location in before:
            if location not in entries:
                yield Step(Action.REMOVE, tx_index, incarnation, location)
                self.memory.remove(tx_index, location)
                misled.update(self.readers.misled(tx_index, location))
        yield Step(Action.KEEP, tx_index, incarnation)
        self.attempts[tx_index] = version, outcome
        self.paid[tx_index] = paid
        if self.switches.pushes:
            self.readers.replace(tx_index, self.asked[tx_index])
        yield from self.scheduler.revalidate(misled)
        return not entries.keys() <= set(before)

    def _validate(self, task: Task) -> Steps[Task | None]:
        tx_index, incarnation = task.tx_index, task.incarnation
        yield Step(Action.VALIDATE, tx_index, incarnation)
        stale = yield from self._find_stale(tx_index)
        aborted = stale is not None and (yield from self.scheduler.try_validation_abort(task))
        if aborted and stale is not None:
            self.causes[Version(tx_index, incarnation)] = stale
            misled = set[int]()
            for location in self.memory.written_by(tx_index):
                yield Step(Action.SUSPECT, tx_index, incarnation, location)
                self.memory.suspect(tx_index, location)
                misled.update(self.readers.misled(tx_index, location))
            yield from self.scheduler.revalidate(misled)
        return (yield from self.scheduler.finish_validation(tx_index, aborted))

    def _find_stale(self, tx_index: int) -> Steps[Location | None]:
        """Return a location that looks different now: another version, or an estimate."""
        (_, incarnation), outcome = self.attempts[tx_index]
        paid = self.paid.get(tx_index)
        for location, read in (*outcome.reads.items(), *([(self.accounting.fees, paid)] if paid else [])):
            if read.version.incarnation == LAZY:
                continue
            yield Step(Action.COMPARE, tx_index, incarnation, location)
            try:
                if self.memory.read(location, tx_index) != read:  # a sum may change below its highest part
                    return location
            except Blocked:
                return location
        return None
