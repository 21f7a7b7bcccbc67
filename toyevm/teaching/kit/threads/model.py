"""Block-STM by hand: each core stops before its next event, and somebody says which one goes on.

An event is what one can see: an execution begins, a watched location is read, written or compared, an incarnation is
aborted. The steps between two events (counters, status flags, other locations) are taken at once. So every choice of a
core is one event, and the list of choices is all that is needed to see the same again.

Nothing repairs the outcome: there is no ledger behind it. A subclass of `BlockSTM` that leaves out a rule shows here
what the rule is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import TypeAlias

from toyevm.backends.base import RunConfig
from toyevm.backends.block_stm.accounting import FeesApart
from toyevm.backends.block_stm.scheduler import TaskStatus
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.backends.sequential import SequentialBackend
from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError
from toyevm.simulation.conversation import Conversation, conversation
from toyevm.simulation.ledger import Ledger
from toyevm.simulation.multiversion import Blocked, Entry, MultiVersionMemory
from toyevm.simulation.notation import LETTERS
from toyevm.simulation.steps import Action, Stage, Step, Steps
from toyevm.state import WorldState
from toyevm.types import Field, Location, Read, Value, Version
from toyevm.units import ETHER

MakeSTM: TypeAlias = Callable[[int, Callable[[int], Conversation], MultiVersionMemory, FeesApart], BlockSTM]

MOST_CORES = 8
PATIENCE = 1_000  # steps that nobody sees; a core that takes more in a row has nothing to do, and looks round for ever
MOST_EVENTS = 5_000  # after which a run by chance is given up

_AT_LOCATION = frozenset({Action.READ, Action.WRITE, Action.REMOVE, Action.COMPARE, Action.SUSPECT})
_OF_NO_INCARNATION = frozenset({Action.DEPEND, Action.RESUME})


@dataclass(frozen=True)
class Event:
    """What a core has done.

    Attributes:
        location: where; of an abort, the location that looked different, if the algorithm says so.
        read: the version and value that was seen, found or written; None where an estimate was met.
        earlier: of a comparison, what the execution had seen there.
        other: the transaction whose estimate was met, or that is waited for; -1 if there is none.
        holds: whether a comparison found the same, whether an abort was the first, whether a wait was needed.
        passes: whether a validation has ended here, and well.
        resumed: the transactions that need not wait any more.
    """

    core: int
    action: Action
    version: Version
    location: Location | None = None
    read: Entry | None = None
    earlier: Read | None = None
    other: int = -1
    holds: bool = True
    passes: bool = False
    resumed: tuple[int, ...] = ()

    @property
    def aborts(self) -> bool:
        """Whether this ends an incarnation that has come to nothing."""
        return self.holds and self.action in (Action.MOVE, Action.DEPEND)


@dataclass(frozen=True)
class Table:
    """What all cores share, at one moment.

    Attributes:
        entries: by location and writer; None is an estimate.
        waits_for: who waits for whom.
    """

    entries: Mapping[tuple[Location, int], Entry | None]
    statuses: tuple[TaskStatus, ...]
    incarnations: tuple[int, ...]
    waits_for: Mapping[int, int]
    execution_index: int
    validation_index: int


class Threads:
    """A block under way on cores that move when they are told to.

    Args:
        watched: the locations whose reads and writes are events, with their names; all hold numbers.
        stm: what makes the algorithm: `BlockSTM`, or a subclass.
        choices: the cores that have moved already, in order.
        unit: what balances are shown in, in wei.
        slot_unit: what slots are shown in; 10**18 for a token with 18 decimals.

    Attributes:
        events: what has happened, one for each choice.
        failures: by core, what broke the algorithm there.
        before: what the cores shared before the last event.

    Raises:
        InputError: too many or no transactions, cores or locations, or choices that cannot be made.
    """

    def __init__(
        self,
        pre: WorldState,
        block: Block,
        cores: int,
        watched: Mapping[Location, str],
        stm: MakeSTM = BlockSTM,
        choices: Iterable[int] = (),
        chain: ChainConfig = MAINNET,
        unit: int = ETHER,
        slot_unit: int = 1,
    ) -> None:
        _check(len(block.transactions), cores, watched)
        self.pre, self.block, self.cores, self.watched, self.chain = pre, block, cores, dict(watched), chain
        self.make_stm, self.unit, self.slot_unit = stm, unit, slot_unit
        self.play(choices)

    def play(self, choices: Iterable[int]) -> None:
        """Begin again, and let the cores move in this order.

        Raises:
            InputError: a core that cannot go on when its turn comes; then nothing has changed.
        """
        now = self.__dict__.copy()
        self._begin()
        try:
            for number, core in enumerate(choices, start=1):
                try:
                    self.advance(core)
                except InputError as error:
                    raise InputError(error.what, f"move {number}", error.expected) from None
        except InputError:
            self.__dict__ = now
            raise

    def _begin(self) -> None:
        transactions = self.block.transactions
        self.ledger = Ledger(self.pre, self.block, self.chain)
        accounts = FeesApart(self.ledger.fees, transactions)
        self.stm = self.make_stm(len(transactions), self._converse, MultiVersionMemory(self.ledger.view), accounts)
        self.choices: list[int] = []
        self.events: list[Event] = []
        self.failures: dict[int, str] = {}
        self._sent: tuple[Location, Read] | None = None
        self._stage = Stage([self._guarded(core) for core in range(self.cores)])
        for core in range(self.cores):
            self._settle(core)
        self.before = self.table

    # What can be asked

    @property
    def size(self) -> int:
        """How many transactions the block has."""
        return len(self.block.transactions)

    @property
    def moves(self) -> str:
        """The choices so far, as text: all that somebody else needs to see the same."""
        return " ".join(map(str, self.choices))

    @property
    def is_over(self) -> bool:
        """Whether every core has ended."""
        return self._stage.is_over

    @property
    def is_stuck(self) -> bool:
        """Whether some cores have not ended, and none can go on."""
        return not self.is_over and not self.going

    @property
    def going(self) -> list[int]:
        """The cores that can go on; the others wait or have ended."""
        return [core for core in range(self.cores) if self.coming(core)]

    def coming(self, core: int) -> Step | None:
        """Return what a core is about to do; None if it waits or has ended."""
        step = self._stage.pending[core]
        return step if step and self._is_event(step) else None

    def has_ended(self, core: int) -> bool:
        """Return whether a core has no step left."""
        return self._stage.pending[core] is None

    @property
    def table(self) -> Table:
        """What the cores share now, as far as it is watched."""
        memory, scheduler = self.stm.memory, self.stm.scheduler
        return Table(
            {(place, writer): it for place in self.watched for writer, it in memory.entries_at(place).items()},
            tuple(scheduler.statuses),
            tuple(scheduler.incarnations),
            {waiting: blocking for blocking, each in enumerate(scheduler.dependents) for waiting in sorted(each)},
            scheduler.execution_index.value,
            scheduler.validation_index.value,
        )

    @property
    def aborted(self) -> set[Version]:
        """The incarnations that have come to nothing."""
        return {event.version for event in self.events if event.aborts}

    def initial(self, location: Location) -> Value:
        """Return what a location held before the block."""
        return self.ledger.view.read(location).value

    @property
    def values(self) -> dict[str, Value | None]:
        """What the memory holds at each watched location in the end, by name; None is an estimate.

        Fees are not in the memory: Block-STM adds them up after the block.
        """
        return {name: self._final(place) for place, name in self.watched.items()}

    def _final(self, location: Location) -> Value | None:
        read = self._look(location, self.size)
        return read.value if isinstance(read, Read) else None

    @cached_property
    def expected(self) -> dict[str, Value]:
        """What should be there in the end: the same, one transaction after the other."""
        found = {place: self.initial(place) for place in self.watched}
        run = SequentialBackend().execute_block(self.pre, self.block, RunConfig(self.chain))
        for result in run.result.results:
            found |= {place: value for place, value in result.write_set.items() if place in found}
        return {self.watched[place]: value for place, value in found.items()}

    @property
    def wrong(self) -> dict[str, tuple[Value | None, Value]]:
        """The watched locations that do not hold what they should: (what they hold, what is right)."""
        right = self.expected
        return {name: (value, right[name]) for name, value in self.values.items() if value != right[name]}

    @property
    def unfinished(self) -> list[int]:
        """The transactions that have not been executed, or have to be once more."""
        statuses = self.stm.scheduler.statuses
        return [tx_index for tx_index, status in enumerate(statuses) if status is not TaskStatus.EXECUTED]

    # What can be done

    def advance(self, core: int) -> Event:
        """Let a core do what it is about to do, and go on to just before its next event; return what happened.

        Raises:
            InputError: there is no such core, or it waits or has ended.
        """
        if type(core) is not int or core not in self.going:
            raise InputError(self._refusal(core), expected=f"one of {', '.join(map(str, self.going)) or 'none'}")
        step = self._stage.pending[core]
        assert step is not None
        self.before = self.table
        event = self._make(core, step)
        self.choices.append(core)
        self._settle(core)
        for other in range(self.cores):  # who waits looks whether there is something to do now
            self._settle(other)
        if event.holds and step.action in (Action.VALIDATE, Action.COMPARE):
            event = replace(event, passes=not self._goes_on(core, step))
        self.events.append(event)
        return event

    def back(self) -> None:
        """Take the last event back; at the beginning there is none."""
        self.play(self.choices[:-1])

    def run_on(self, seed: int, most: int = MOST_EVENTS) -> None:
        """Let chance choose the next core until no core can go on; the same seed chooses the same.

        Raises:
            InputError: some still go on after so many events; they stand where they are then.
        """
        random = Random(seed)
        for _ in range(most):
            if not self.going:
                return
            self.advance(random.choice(self.going))
        if self.going:
            raise InputError(f"no end after {most:,} events", expected="an algorithm that comes to an end")

    # How it is done

    def _guarded(self, core: int) -> Steps[None]:
        """Run a thread; what breaks it ends it, and is kept."""
        try:
            yield from self.stm.thread()
        except Exception as error:  # of any type: the algorithm may be a student's
            self.failures[core] = f"{type(error).__name__}: {error}".rstrip(": ")

    def _converse(self, tx_index: int) -> Conversation:
        """Listen to what a transaction is told."""
        talk = conversation(self.ledger.env, self.block.transactions[tx_index])
        try:
            access = next(talk)
            while True:
                read = yield access
                self._sent = access.location, read
                access = talk.send(read)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    def _is_event(self, step: Step) -> bool:
        scheduler = self.stm.scheduler
        match step.action:
            case Action.EXECUTE | Action.VALIDATE | Action.DEPEND:
                return True
            case Action.MOVE:
                return step.what == TaskStatus.ABORTING.value
            case Action.RESUME:
                return step.tx_index >= 0 and bool(scheduler.dependents[step.tx_index])
            case Action.FINISH:
                return not scheduler.is_done
            case action:
                return action in _AT_LOCATION and step.location in self.watched

    def _settle(self, core: int) -> None:
        """Take steps that are no events, up to the next event, or until there is nothing to do."""
        for taken in range(PATIENCE):
            step = self._stage.pending[core]
            if step is None or self._is_event(step) or (step.action is Action.WAIT and taken):
                return
            self._stage.advance(core)

    def _make(self, core: int, step: Step) -> Event:
        """Take a step that is an event, and say what it was."""
        scheduler, tx_index, location = self.stm.scheduler, step.tx_index, step.location
        found = self._look(location, tx_index) if location else None
        waiting = tuple(sorted(scheduler.dependents[tx_index])) if step.action is Action.RESUME else ()
        incarnation = scheduler.incarnations[tx_index] if step.action in _OF_NO_INCARNATION else step.incarnation
        event = Event(core, step.action, Version(tx_index, incarnation), location, resumed=waiting)
        self._sent = None
        self._stage.advance(core)
        match step.action:
            case Action.READ:
                read = self._sent[1] if self._sent and self._sent[0] == location else None
                return replace(event, read=read, other=found if read is None and isinstance(found, int) else -1)
            case Action.COMPARE:
                assert location is not None
                earlier = self.stm.attempts[tx_index][1].reads.get(location)
                read, other = (found, -1) if isinstance(found, Read) else (None, -1 if found is None else found)
                return replace(event, read=read, earlier=earlier, other=other, holds=read == earlier)
            case Action.WRITE:
                assert location is not None
                return replace(event, read=self.stm.memory.entries_at(location).get(tx_index))
            case Action.MOVE:
                holds = self._was(tx_index) is TaskStatus.EXECUTED and self.before.incarnations[tx_index] == incarnation
                return replace(event, location=self.stm.causes.get(event.version) if holds else None, holds=holds)
            case Action.DEPEND:
                other = int(step.what) if step.what.isdigit() else -1
                return replace(event, other=other, holds=other < 0 or tx_index in scheduler.dependents[other])
            case _:
                return event

    def _was(self, tx_index: int) -> TaskStatus:
        return self.before.statuses[tx_index]

    def _look(self, location: Location, tx_index: int) -> Read | int:
        """Return what a transaction sees at a location, or whose estimate is there."""
        try:
            return self.stm.memory.read(location, tx_index)
        except Blocked as blocked:
            return blocked.tx_index

    def _goes_on(self, core: int, step: Step) -> bool:
        """Return whether a validation is still under way after this step of it."""
        coming = self.coming(core)
        return (
            coming is not None
            and coming.tx_index == step.tx_index
            and (coming.action is Action.COMPARE or coming.action is Action.MOVE)
        )

    def _refusal(self, core: object) -> str:
        if type(core) is not int or not 0 <= core < self.cores:
            return f"there is no core {core!r}"
        return f"core {core} {'has ended' if self.has_ended(core) else 'waits: it has nothing to do'}"


def read_moves(text: str, cores: int) -> list[int]:
    """Read the numbers of cores, with or without blanks between them: "0 0 1 1", "0011".

    Raises:
        InputError: what is no number of a core.

    >>> read_moves("0 0 1, 01", cores=2)
    [0, 0, 1, 0, 1]
    """
    moves = "".join(str(text).replace(",", " ").split())
    for each in moves:
        if each not in "0123456789"[:cores]:
            raise InputError(f"{each!r} is no core", "moves", f"numbers from 0 to {cores - 1}, such as 0 0 1 1")
    return list(map(int, moves))


def _check(transactions: int, cores: int, watched: Mapping[Location, str]) -> None:
    if not 1 <= transactions <= len(LETTERS):
        raise InputError(f"{transactions} transactions", expected=f"1 to {len(LETTERS)}, a letter for each")
    if type(cores) is not int or not 1 <= cores <= MOST_CORES:
        raise InputError(f"{cores!r} cores", expected=f"a whole number from 1 to {MOST_CORES}")
    for place in watched:
        if place.key == Field.CODE:
            raise InputError(f"{watched[place]!r} is code", "watched", "locations that hold numbers")
