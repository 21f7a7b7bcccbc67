"""A thread of steps on a virtual core: how long each step takes, and which spans of work they make."""

from __future__ import annotations

from dataclasses import dataclass, field

from toyevm.simulation.steps import Action, Step, Steps
from toyevm.simulation.virtual_cores import Core, Process
from toyevm.types import Location, Version

_NEWS = (Action.LOWER, Action.FINISH)  # after these, a thread that waits may find something to do
_PARTS = {  # the steps that a piece of work is made of, by the one it begins with
    Action.EXECUTE: {Action.READ, Action.DEPEND, Action.CONCLUDE, Action.WRITE, Action.REMOVE},
    Action.VALIDATE: {Action.COMPARE},
}


@dataclass
class _Work:
    """A piece of work that has begun."""

    first: Step
    start: int
    spent: int = 0  # gas
    accesses: list[tuple[Location, int]] = field(default_factory=list)


def follow(core: Core, thread: Steps[None]) -> Process[None]:
    """Go through the steps of a thread: each takes its time, and is made when that is over."""
    simulation, work, is_news = core.simulation, None, False
    for step in thread:
        if is_news:  # the last step has been made by now
            simulation.announce()
        is_news = step.action in _NEWS
        if work and step.action not in _PARTS[work.first.action]:
            version = Version(work.first.tx_index, work.first.incarnation)
            core.note(work.start, version, work.first.action.value, tuple(work.accesses))
            work = None
        if step.action in _PARTS:
            work = _Work(step, core.now)
        if step.action is Action.WAIT:
            yield simulation.news()
        elif time := _time(core, step, work):
            yield core.spend(time)
        if step.action is Action.READ and core.costs.fetch and step.location:
            yield from core.fetch(step.location)
    if is_news:
        simulation.announce()


def _time(core: Core, step: Step, work: _Work | None) -> int:
    costs = core.costs
    match step.action:
        case Action.READ | Action.CONCLUDE:
            assert work is not None
            gas = max(0, step.gas - work.spent)
            work.spent += gas
            if step.location is None:
                return costs.running(gas, reads=0)
            work.accesses.append((step.location, step.gas))
            return costs.running(gas, reads=1)
        case Action.EXECUTE:
            return costs.schedule
        case Action.COMPARE:
            return costs.validate
        case Action.WRITE:
            return costs.commit
        case _:
            return 0
