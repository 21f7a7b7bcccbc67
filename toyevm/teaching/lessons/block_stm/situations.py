"""Moments of a run in which a core is free: where the cursors stand, and which task the scheduler gives out."""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.backends.block_stm.scheduler import Scheduler, TaskStatus
from toyevm.simulation.notation import letter
from toyevm.simulation.steps import Action

SIZE = 4


@dataclass(frozen=True)
class Situation:
    """Cursors and statuses of four transactions, at one moment.

    Attributes:
        active: how many tasks other cores have in hand.
    """

    execution_index: int
    validation_index: int
    statuses: str  # a letter each: r(eady), x (executing), e(xecuted)
    active: int = 0

    @property
    def words(self) -> str:
        names = {"r": "ready", "x": "executing", "e": "executed"}
        each = ", ".join(f"{letter(tx)} {names[status]}" for tx, status in enumerate(self.statuses))
        return f"execution_index {self.execution_index}, validation_index {self.validation_index}; {each}"


SITUATIONS = {
    "1": Situation(3, 1, "eeer"),
    "2": Situation(2, 2, "eerr"),
    "3": Situation(4, 2, "eeee"),
    "4": Situation(4, 4, "eeex", active=1),
}
_STATUSES = {"r": TaskStatus.READY, "x": TaskStatus.EXECUTING, "e": TaskStatus.EXECUTED}


def next_task(name: str) -> str:
    """Return what the real scheduler gives a free core: "validate B", "execute C", "nothing", or "done".

    >>> next_task("1")
    'validate B'
    """
    situation = SITUATIONS[name]
    scheduler = Scheduler(SIZE)
    scheduler.execution_index.value = situation.execution_index
    scheduler.validation_index.value = situation.validation_index
    scheduler.active.value = situation.active
    scheduler.statuses = [_STATUSES[status] for status in situation.statuses]
    steps = scheduler.next_task()
    try:
        while next(steps).action is not Action.WAIT:
            pass
    except StopIteration as stop:
        if stop.value is not None:
            return f"{stop.value.kind} {letter(stop.value.tx_index)}"
    return "done" if scheduler.is_done else "nothing"
