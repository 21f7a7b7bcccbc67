"""Who does what next: Block-STM's collaborative scheduler, one shared access a step.

Two counters sweep over the block: everything below `execution_index` has been given out for execution, everything below
`validation_index` for validation. A thread takes the smaller of the two. Bad news moves a counter back: a transaction
that wrote where it had not written before may spoil all higher ones, so they are validated again.

Everything is done when both counters have passed the end and no thread is active. A thread looks at these one after the
other, and in between another may move a counter back, and forward again. So every move back is counted, and the thread
looks at that count twice: if it has changed, what was seen in between is worth nothing (*double collect*).

Source: Block-STM (arXiv 2203.06871), algorithms 4 and 5; the names are the paper's.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import Literal, NamedTuple

from toyevm.simulation.steps import Action, Step, Steps


class TaskStatus(Enum):
    """Where a transaction stands."""

    READY = "ready"
    EXECUTING = "executing"
    EXECUTED = "executed"
    ABORTING = "aborting"
    STALLED = "stalled"


TRANSITIONS = frozenset({
    (TaskStatus.READY, TaskStatus.EXECUTING),  # a thread takes it
    (TaskStatus.EXECUTING, TaskStatus.EXECUTED),  # it has written
    (TaskStatus.EXECUTING, TaskStatus.ABORTING),  # it has read an estimate, and waits
    (TaskStatus.EXECUTED, TaskStatus.ABORTING),  # a validation failed: the first one that fails wins
    (TaskStatus.ABORTING, TaskStatus.READY),  # as the next incarnation
    (TaskStatus.EXECUTING, TaskStatus.STALLED),  # it would meet an estimate, and does not begin (only with `stalls`)
    (TaskStatus.STALLED, TaskStatus.READY),  # as the same incarnation
})  # fmt: skip


class Task(NamedTuple):
    """What a thread is to do with one incarnation of a transaction."""

    kind: Literal["execute", "validate"]
    tx_index: int
    incarnation: int


class SharedCounter:
    """A number that threads share; each method is one atomic access."""

    def __init__(self, name: str, value: int = 0) -> None:
        self.name, self.value = name, value

    def look(self) -> Steps[int]:
        yield Step(Action.LOOK, what=self.name)
        return self.value

    def add(self, amount: int) -> Steps[int]:
        """Add to it, and return what it was before."""
        yield Step(Action.TAKE, what=self.name)
        self.value += amount
        return self.value - amount

    def take(self) -> Steps[int]:
        """Take the number that is next."""
        return (yield from self.add(1))

    def lower(self, target: int) -> Steps[None]:
        yield Step(Action.LOWER, what=self.name)
        self.value = min(self.value, target)


class Scheduler:
    """The counters, and of each transaction its incarnation, its status and who waits for it.

    TaskStatus and waiting list of a transaction are under its lock in the paper; here, what happens under a lock is
    one step.
    """

    def __init__(self, size: int, first: int = 0) -> None:
        self.size = size
        self.execution_index = SharedCounter("execution_index", first)
        self.validation_index = SharedCounter("validation_index", first)
        self.decrease_count = SharedCounter("decrease_count")
        self.active = SharedCounter("active")
        self.is_done = False
        self.incarnations = [0] * size
        self.statuses = [TaskStatus.READY] * size
        self.dependents: list[set[int]] = [set() for _ in range(size)]

    def next_task(self) -> Steps[Task | None]:
        """Take the lowest task there is; None if there was none where this thread looked."""
        if (yield from self.validation_index.look()) < (yield from self.execution_index.look()):
            return (yield from self._next_to_validate())
        return (yield from self._next_to_execute())

    def _next_to_execute(self) -> Steps[Task | None]:
        if (yield from self.execution_index.look()) >= self.size:
            yield from self._check_done()
            return None
        yield from self.active.add(1)
        return (yield from self._try_incarnate((yield from self.execution_index.take())))

    def _next_to_validate(self) -> Steps[Task | None]:
        if (yield from self.validation_index.look()) >= self.size:
            yield from self._check_done()
            return None
        yield from self.active.add(1)
        tx_index = yield from self.validation_index.take()
        if tx_index < self.size:
            yield Step(Action.LOOK, tx_index, what="status")
            if self.statuses[tx_index] is TaskStatus.EXECUTED:
                return Task("validate", tx_index, self.incarnations[tx_index])
        yield from self.active.add(-1)
        return None

    def _try_incarnate(self, tx_index: int) -> Steps[Task | None]:
        """Take a transaction for execution if it is ready; if not, this thread is not active any more."""
        if tx_index < self.size:
            yield Step(Action.MOVE, tx_index, what=TaskStatus.EXECUTING.value)
            if self.statuses[tx_index] is TaskStatus.READY:
                self._move(tx_index, TaskStatus.EXECUTING)
                return Task("execute", tx_index, self.incarnations[tx_index])
        yield from self.active.add(-1)
        return None

    def _check_done(self) -> Steps[None]:
        """Find out whether everything is done; if there is just nothing to take, wait for news."""
        observed = yield from self.decrease_count.look()
        execution = yield from self.execution_index.look()
        validation = yield from self.validation_index.look()
        active = yield from self.active.look()
        passed = min(execution, validation) >= self.size
        if passed and active == 0 and observed == (yield from self.decrease_count.look()):
            yield Step(Action.FINISH)
            self.is_done = True
        elif passed:
            yield Step(Action.WAIT)

    def add_dependency(self, tx_index: int, blocking: int, status: TaskStatus = TaskStatus.ABORTING) -> Steps[bool]:
        """Let a transaction that has met an estimate wait for who left it, unless that one has run by now."""
        yield Step(Action.DEPEND, tx_index, what=str(blocking))
        if self.statuses[blocking] is TaskStatus.EXECUTED:
            return False
        self._move(tx_index, status)
        self.dependents[blocking].add(tx_index)
        yield from self.active.add(-1)
        return True

    def finish_execution(self, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        """Note that a transaction has written; return its validation if this thread should go on with it."""
        tx_index = task.tx_index
        yield Step(Action.MOVE, tx_index, task.incarnation, what=TaskStatus.EXECUTED.value)
        self._move(tx_index, TaskStatus.EXECUTED)
        yield Step(Action.RESUME, tx_index)
        resumed, self.dependents[tx_index] = self.dependents[tx_index], set()
        yield from self._resume(resumed)
        following = yield from self._follow_up(task, wrote_new_location)
        if following is None:
            yield from self.active.add(-1)
        return following

    def _follow_up(self, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        """Return the validation of what has just run; None if whoever comes by will see to it."""
        if (yield from self.validation_index.look()) > task.tx_index:
            if not wrote_new_location:
                return Task("validate", task.tx_index, task.incarnation)
            yield from self._lower(self.validation_index, task.tx_index)
        return None

    def try_validation_abort(self, task: Task) -> Steps[bool]:
        """Abort an incarnation, unless somebody has done so already."""
        yield Step(Action.MOVE, task.tx_index, task.incarnation, what=TaskStatus.ABORTING.value)
        stands = self.incarnations[task.tx_index], self.statuses[task.tx_index]
        if stands != (task.incarnation, TaskStatus.EXECUTED):
            return False
        self._move(task.tx_index, TaskStatus.ABORTING)
        return True

    def finish_validation(self, tx_index: int, aborted: bool) -> Steps[Task | None]:
        """Let an aborted transaction run again, and what it may have misled be validated again."""
        if aborted:
            yield from self._set_ready(tx_index)
            yield from self._distrust_above(tx_index)
            if (yield from self.execution_index.look()) > tx_index:
                return (yield from self._try_incarnate(tx_index))
        yield from self.active.add(-1)
        return None

    def _distrust_above(self, tx_index: int) -> Steps[None]:
        """Let be validated again whoever may have read what was aborted."""
        yield from self._lower(self.validation_index, tx_index + 1)

    def grow(self, size: int) -> Steps[None]:
        """Let the block end later. The thread that asks must be active, so that nobody can find everything done."""
        end, self.size = self.size, size
        if size == end:
            return
        self.incarnations += [0] * (size - end)
        self.statuses += [TaskStatus.READY] * (size - end)
        self.dependents += [set() for _ in range(size - end)]
        yield from self._lower(self.execution_index, end)

    def revalidate(self, tx_indices: Collection[int]) -> Steps[None]:
        """Let these be validated, if changes name their readers (`push`); here, a counter goes over all."""
        yield from ()

    def _resume(self, tx_indices: Collection[int]) -> Steps[None]:
        for tx_index in sorted(tx_indices):
            yield from self._set_ready(tx_index)
        if tx_indices:
            yield from self._lower(self.execution_index, min(tx_indices))

    def _set_ready(self, tx_index: int) -> Steps[None]:
        yield Step(Action.MOVE, tx_index, what=TaskStatus.READY.value)
        self.incarnations[tx_index] += self.statuses[tx_index] is TaskStatus.ABORTING
        self._move(tx_index, TaskStatus.READY)

    def _lower(self, counter: SharedCounter, target: int) -> Steps[None]:
        yield from counter.lower(target)
        yield from self.decrease_count.add(1)

    def _move(self, tx_index: int, status: TaskStatus) -> None:
        assert (self.statuses[tx_index], status) in TRANSITIONS, (tx_index, self.statuses[tx_index], status)
        self.statuses[tx_index] = status
