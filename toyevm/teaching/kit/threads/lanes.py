"""The lanes on which Block-STM runs by hand: each stops before its next event, and is let go from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from toyevm.backends.block_stm.accounting import FeesApart
from toyevm.backends.block_stm.scheduler import TaskStatus
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.simulation.conversation import Conversation, conversation
from toyevm.simulation.ledger import Ledger
from toyevm.simulation.multiversion import Blocked, MultiVersionMemory
from toyevm.simulation.steps import Action, Stage, Step, Steps
from toyevm.state import WorldState
from toyevm.teaching.kit.threads.events import CoreEvent, Table
from toyevm.types import Location, Read, Version

MakeSTM: TypeAlias = Callable[[int, Callable[[int], Conversation], MultiVersionMemory, FeesApart], BlockSTM]

PATIENCE = 1_000  # steps that nobody sees; a core that takes more in a row has nothing to do, and looks round for ever

_AT_LOCATION = frozenset({Action.READ, Action.WRITE, Action.REMOVE, Action.COMPARE, Action.SUSPECT})
_OF_NO_INCARNATION = frozenset({Action.DEPEND, Action.RESUME})


class Lanes:
    """The cores of one run, each before its next event, and what they share.

    Attributes:
        failures: by core, what broke the algorithm there.
    """

    def __init__(
        self, pre: WorldState, block: Block, chain: ChainConfig, cores: int, watched: Mapping[Location, str],
        make_stm: MakeSTM,
    ) -> None:  # fmt: skip
        self.block, self.watched = block, watched
        self.ledger = Ledger(pre, block, chain)
        accounts = FeesApart(self.ledger.fees, block.transactions)
        memory = MultiVersionMemory(self.ledger.view)
        self.stm = make_stm(len(block.transactions), self._converse, memory, accounts)
        self.failures: dict[int, str] = {}
        self._sent: tuple[Location, Read] | None = None  # the last answer that a transaction was given
        self._compared: dict[int, dict[Location, Read]] = {}  # by core: what the incarnation had read that it validates
        self._stage = Stage([self._guarded(core) for core in range(cores)])
        self._settle_all()

    @property
    def is_over(self) -> bool:
        return self._stage.is_over

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

    def look(self, location: Location, tx_index: int) -> Read | int:
        """Return what a transaction sees at a location, or whose estimate is there."""
        try:
            return self.stm.memory.read(location, tx_index)
        except Blocked as blocked:
            return blocked.tx_index

    def take(self, core: int) -> CoreEvent:
        """Let a core that can go on do what it is about to do, and then on to just before its next event."""
        step = self.coming(core)
        assert step is not None
        event = self._make(core, step)
        self._settle(core)
        self._settle_all()  # who waits looks whether there is something to do now
        if event.holds and step.action in (Action.VALIDATE, Action.COMPARE):
            return replace(event, passes=not self._goes_on(core, step))
        return event

    def _settle_all(self) -> None:
        for core in range(len(self._stage.threads)):
            self._settle(core)

    def _guarded(self, core: int) -> Steps[None]:
        """Run a thread; what breaks it ends it, and is kept."""
        try:
            yield from self.stm.thread()
        except (Exception, SystemExit) as error:  # of any type: the algorithm may be a student's
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

    def _make(self, core: int, step: Step) -> CoreEvent:
        """Take a step that is an event, and say what it was."""
        scheduler, memory, location = self.stm.scheduler, self.stm.memory, step.location
        tx_index, before = step.tx_index, self.table
        found = self.look(location, tx_index) if location else None
        waiting = tuple(sorted(scheduler.dependents[tx_index])) if step.action is Action.RESUME else ()
        incarnation = before.incarnations[tx_index] if step.action in _OF_NO_INCARNATION else step.incarnation
        event = CoreEvent(core, step.action, Version(tx_index, incarnation), location, resumed=waiting)
        self._sent = None
        self._stage.advance(core)
        match step.action:
            case Action.READ:
                read = self._sent[1] if self._sent and self._sent[0] == location else None
                return replace(event, read=read, other=found if read is None and isinstance(found, int) else -1)
            case Action.WRITE if location:
                return replace(event, read=memory.entries_at(location).get(tx_index))
            case Action.VALIDATE:
                attempt = self.stm.attempts.get(tx_index)  # these are compared, whatever comes in between
                self._compared[core] = dict(attempt[1].reads) if attempt else {}
            case Action.COMPARE if location:
                earlier = self._compared.get(core, {}).get(location)
                if isinstance(found, Read):
                    return replace(event, read=found, earlier=earlier, holds=found == earlier)
                return replace(event, earlier=earlier, other=-1 if found is None else found, holds=False)
            case Action.MOVE:
                stood = before.incarnations[tx_index], before.statuses[tx_index]
                holds = stood == (incarnation, TaskStatus.EXECUTED)
                return replace(event, location=self.stm.causes.get(event.version) if holds else None, holds=holds)
            case Action.SUSPECT if location:
                return replace(event, holds=tx_index in memory.entries_at(location))
            case Action.DEPEND:
                other = int(step.what) if step.what.isdigit() else -1
                return replace(event, other=other, holds=other < 0 or tx_index in scheduler.dependents[other])
        return event

    def _goes_on(self, core: int, step: Step) -> bool:
        """Return whether a validation is still under way after this step of it."""
        coming = self.coming(core)
        return (
            coming is not None
            and coming.tx_index == step.tx_index
            and (coming.action is Action.COMPARE or coming.action is Action.MOVE)
        )
