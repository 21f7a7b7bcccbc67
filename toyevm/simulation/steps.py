"""Threads cut at every shared access: what happens between two of them is certain, and which comes next is a choice.

A thread is a generator. Before each access to something that other threads may touch it yields a `Step`, which says
what it is about to do; everything up to the next yield happens at once. So whoever resumes the generators decides the
order of events, and one and the same algorithm can be driven three ways:

    by a clock     each step takes virtual time on a core of its own (`follow.follow`)
    by chance      a seeded choice of the next thread: `interleave`
    by hand        `Stage.advance(thread)`, with a picture in between; the choices made so far can be played again
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import NamedTuple, TypeAlias, TypeVar

from toyevm.errors import InputError
from toyevm.types import Location

T = TypeVar("T")


class Action(Enum):
    """What a thread is about to do; the value is how a picture names it."""

    EXECUTE = "execute"  # begin an incarnation
    READ = "read"  # look a location up, in versions
    CONCLUDE = "conclude"  # the machine has stopped; what it wrote is not visible yet
    WRITE = "write"  # let others see a value
    REMOVE = "remove"  # take back a value of an earlier incarnation
    KEEP = "keep"  # remember what was read, for validation
    VALIDATE = "validate"  # begin to compare
    COMPARE = "compare"  # look one location up again
    SUSPECT = "suspect"  # turn a value into an estimate
    LOOK = "look"  # read a counter, a flag or a status
    TAKE = "take"  # move a counter up, or the number of active threads
    LOWER = "lower"  # move a counter back: there is work again
    MOVE = "move"  # change a transaction's status
    DEPEND = "depend"  # put a transaction on another's list
    RESUME = "resume"  # let go those on one's list
    FINISH = "finish"  # say that everything is done
    WAIT = "wait"  # there is nothing to do at the moment


class Step(NamedTuple):
    """One shared access, before it happens.

    Attributes:
        what: the counter, or the status, that is accessed; "" where the location says it.
        gas: how much the transaction has used when it gets there.
    """

    action: Action
    tx_index: int = -1
    incarnation: int = 0
    location: Location | None = None
    what: str = ""
    gas: int = 0


Steps: TypeAlias = Generator[Step, None, T]  # what takes steps before it returns a T


@dataclass
class Stage:
    """Threads, each before its next step.

    Attributes:
        pending: what each thread is about to do; None when it has ended.
        choices: the threads in the order in which they moved, so far.
    """

    threads: Sequence[Steps[None]]
    pending: list[Step | None] = field(init=False)
    choices: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.pending = [next(thread, None) for thread in self.threads]

    @property
    def is_over(self) -> bool:
        return not any(self.pending)

    def advance(self, thread: int) -> Step:
        """Let a thread do what it is about to do; return what that was.

        Raises:
            InputError: there is no such thread, or it has ended.
        """
        step = self.pending[thread] if 0 <= thread < len(self.pending) else None
        if step is None:
            going = [str(number) for number, pending in enumerate(self.pending) if pending]
            raise InputError(
                f"thread {thread} cannot go on", expected=f"one of {', '.join(going) or 'none: all ended'}"
            )
        self.choices.append(thread)
        self.pending[thread] = next(self.threads[thread], None)
        return step


def interleave(threads: Sequence[Steps[None]], seed: int, most: int = 1_000_000) -> Stage:
    """Let chance choose the next thread until all have ended; the same seed chooses the same.

    Raises:
        InputError: they have not ended after so many steps.
    """
    stage, random = Stage(threads), Random(seed)
    going = [number for number, step in enumerate(stage.pending) if step]
    while going:
        if len(stage.choices) >= most:
            raise InputError(f"{len(going)} threads", expected=f"all of them to end within {most:,} steps")
        thread = random.choice(going)
        stage.advance(thread)
        if stage.pending[thread] is None:
            going.remove(thread)
    return stage


def replay(threads: Sequence[Steps[None]], choices: Iterable[int]) -> Stage:
    """Let the threads move in this order, and stop where it ends."""
    stage = Stage(threads)
    for thread in choices:
        stage.advance(thread)
    return stage
