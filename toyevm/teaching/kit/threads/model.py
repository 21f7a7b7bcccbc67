"""Block-STM by hand: each core stops before its next event, and somebody says which one goes on.

An event is what one can see: an execution begins, a watched location is read, written or compared, an incarnation is
aborted. The steps between two events (counters, status flags, other locations) are taken at once. So every choice of a
core is one event, and the list of choices is all that is needed to see the same again.

Nothing repairs the outcome: there is no ledger behind it. A subclass of `BlockSTM` that leaves out a rule shows here
what the rule is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from random import Random

from toyevm.backends.base import RunConfig
from toyevm.backends.block_stm.scheduler import TaskStatus
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.backends.sequential import SequentialBackend
from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError
from toyevm.simulation.notation import LETTERS
from toyevm.simulation.steps import Step
from toyevm.state import WorldState
from toyevm.teaching.kit.threads.events import CoreEvent, Table
from toyevm.teaching.kit.threads.lanes import Lanes, MakeSTM
from toyevm.types import Field, Location, Read, Value, Version
from toyevm.units import ETHER

MOST_CORES = 8
MOST_EVENTS = 5_000  # after which a run by chance is given up


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
        self._lanes = Lanes(self.pre, self.block, self.chain, self.cores, self.watched, self.make_stm)
        self.stm, self.failures = self._lanes.stm, self._lanes.failures
        self.choices: list[int] = []
        self.events: list[CoreEvent] = []
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
        return self._lanes.is_over

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
        return self._lanes.coming(core)

    def has_ended(self, core: int) -> bool:
        """Return whether a core has no step left."""
        return self._lanes.has_ended(core)

    @property
    def table(self) -> Table:
        """What the cores share now, as far as it is watched."""
        return self._lanes.table

    @property
    def aborted(self) -> set[Version]:
        """The incarnations that have come to nothing."""
        return {event.version for event in self.events if event.aborts}

    def initial(self, location: Location) -> Value:
        """Return what a location held before the block."""
        return self._lanes.ledger.view.read(location).value

    @property
    def values(self) -> dict[str, Value | None]:
        """What the memory holds at each watched location in the end, by name; None is an estimate.

        Fees are not in the memory: Block-STM adds them up after the block.
        """
        return {name: self._final(place) for place, name in self.watched.items()}

    def _final(self, location: Location) -> Value | None:
        read = self._lanes.look(location, self.size)
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

    def advance(self, core: int) -> CoreEvent:
        """Let a core do what it is about to do, and go on to just before its next event; return what happened.

        Raises:
            InputError: there is no such core, or it waits or has ended.
        """
        if type(core) is not int or core not in self.going:
            raise InputError(self._refusal(core), expected=f"one of {', '.join(map(str, self.going)) or 'none'}")
        self.before = self.table
        self.events.append(self._lanes.take(core))
        self.choices.append(core)
        return self.events[-1]

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
