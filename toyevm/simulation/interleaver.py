"""Run transactions in halves or single steps, in any order you write, with or without rules.

A transaction has two halves: it *runs*, which means that it reads and works out what to write, and it *writes*. Written
as a schedule, "A1 A2 B1 B2" is one after the other, and "A1 B1 A2 B2" lets B read before A has written. Halves can be
cut finer: "Ar" is A's next read, "Aw" its next write, and A1, A2 then do what is left of a half.

Without rules this executor does as it is told. It is no backend: it gives wrong results, on purpose, so that one can
see which schedules are safe, and what the others destroy. With two rules it gives no wrong result any more, whatever it
is told: validation (who has seen an outdated version starts again), and writing in the order of the block.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.simulation.conversation import Access, Conclusion, conversation
from toyevm.simulation.notation import LETTERS, ONE_READ, ONE_WRITE, RUN, WRITE, Move, letter, read_schedule
from toyevm.state import BlockView, StateDiff, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Field, Location, Read, Value, Version
from toyevm.vm.frame import BlockEnv


@dataclass(frozen=True)
class Rules:
    """What the executor insists on; by default, on nothing.

    Attributes:
        validates: who has seen a version that is outdated by now does not write, but starts again.
        in_order: nobody writes before all earlier transactions have written.
        fee_slot: the fee goes, as any payment does, into a balance that was read before; else it is added up aside.
    """

    validates: bool = False
    in_order: bool = False
    fee_slot: bool = False


NO_RULES = Rules()


@dataclass(frozen=True)
class Event:
    """One move as it happened, and what the world holds after it.

    Attributes:
        stale: the locations whose outdated versions it had seen: not empty if it was aborted.
    """

    move: Move
    incarnation: int
    world: WorldState
    seen: Mapping[Location, Read] = field(default_factory=dict)
    wrote: Mapping[Location, Value] = field(default_factory=dict)
    stale: tuple[Location, ...] = ()


@dataclass(frozen=True)
class Play:
    """A schedule as it was played, and the state that the order of the block would have led to."""

    pre: WorldState
    events: tuple[Event, ...]
    missing: tuple[Move, ...]  # halves that are still to come, if none is aborted
    next_steps: tuple[Move, ...]  # of each transaction that has not ended, the next single move
    expected: WorldState
    missing_steps: tuple[Move, ...] = ()  # what is still to come, in single moves, if `play` was told where they stop

    @property
    def post(self) -> WorldState:
        return self.events[-1].world if self.events else self.pre

    @property
    def schedule(self) -> str:
        return " ".join(str(event.move) for event in self.events)

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def aborts(self) -> int:
        return sum(bool(event.stale) for event in self.events)

    def wrong(self, locations: Sequence[Location]) -> dict[Location, tuple[Value, Value]]:
        """Return which of these locations do not hold what they should in the end: (what they hold, what is right)."""
        found = {place: (self.post.read(place).value, self.expected.read(place).value) for place in locations}
        return {place: values for place, values in found.items() if values[0] != values[1]}


def play(
    pre: WorldState,
    block: Block,
    schedule: str,
    chain: ChainConfig = MAINNET,
    rules: Rules = NO_RULES,
    stops: Collection[Location] = (),
) -> Play:
    """Execute the transactions of `block` move by move, as `schedule` says; it may stop before the end.

    Args:
        stops: the locations at which single moves stop; what else is read or written goes along with the next of them.

    Raises:
        InputError: a schedule that cannot be read, or a transaction that may not do this where it stands in it.
    """
    count = len(block.transactions)
    if not 1 <= count <= len(LETTERS):
        raise InputError(f"{count} transactions", expected=f"1 to {len(LETTERS)}, a letter for each")
    moves = read_schedule(schedule, count)
    return _play(pre, block, moves, chain, rules, stops, _expected(pre, block, chain), looks_ahead=bool(stops))


def all_plays(
    pre: WorldState,
    block: Block,
    chain: ChainConfig = MAINNET,
    rules: Rules = NO_RULES,
    stops: Collection[Location] = (),
) -> Iterator[Play]:
    """Yield a play of every complete schedule that these rules allow, in halves, or with `stops` in single moves."""
    expected = _expected(pre, block, chain)

    def extend(moves: tuple[Move, ...]) -> Iterator[Play]:
        try:
            so_far = _play(pre, block, moves, chain, rules, stops, expected)
        except InputError:
            return
        if so_far.is_complete:
            yield so_far
        first_halves = {move.tx_index: move for move in reversed(so_far.missing)}.values()
        for move in sorted(so_far.next_steps if stops else first_halves):
            yield from extend((*moves, move))

    return extend(())


def _expected(pre: WorldState, block: Block, chain: ChainConfig) -> WorldState:
    moves = [Move(tx_index, half) for tx_index in range(len(block.transactions)) for half in (RUN, WRITE)]
    return _play(pre, block, moves, chain, NO_RULES, (), pre).post


def _play(
    pre: WorldState, block: Block, moves: Sequence[Move], chain: ChainConfig, rules: Rules, stops: Collection[Location],
    expected: WorldState, looks_ahead: bool = False,
) -> Play:  # fmt: skip
    stage = _Stage(pre, chain.env(block), rules, stops)
    actors = [_Actor(stage, tx_index, tx) for tx_index, tx in enumerate(block.transactions)]
    events: list[Event] = []
    for move in moves:
        if not move.runs and rules.in_order and (late := [actor for actor in actors[: move.tx_index] if actor.missing]):
            awaited = late[0].steps if move.is_single else late[0].missing[-1:]
            raise InputError(f"{move} must wait for {_words(awaited)}", "schedule", "the order of the block")
        events.append(actors[move.tx_index].do(move))
    missing = tuple(move for actor in actors for move in actor.missing)
    next_steps = tuple(actor.next_step for actor in actors if actor.missing)
    steps = tuple(step for actor in actors for step in actor.steps) if looks_ahead else ()
    return Play(pre, tuple(events), missing, next_steps, expected, steps)


def _words(moves: Sequence[Move]) -> str:
    return " ".join(map(str, moves))


class _Stage:
    """What the transactions share."""

    def __init__(self, pre: WorldState, env: BlockEnv, rules: Rules, stops: Collection[Location]) -> None:
        self.pre, self.env, self.rules, self.stops = pre, env, rules, frozenset(stops)
        self.view = BlockView(pre)
        self.world = pre  # what the view holds, kept as long as nobody writes
        self.fees = Location(env.coinbase, Field.BALANCE)


Script = Generator[Access, Read, tuple[TxResult, dict[Location, Value]]]


class _Actor:
    """A transaction between its moves."""

    def __init__(self, stage: _Stage, tx_index: int, tx: Transaction) -> None:
        self.stage, self.tx_index, self.tx = stage, tx_index, tx
        self.incarnation = -1
        self.start()

    def start(self) -> None:
        """Forget everything, and begin at the beginning."""
        self.incarnation += 1
        self.reads: dict[Location, Read] = {}
        self.script = self._script()
        self.access: Access | None = next(self.script)
        self.result: TxResult | None = None
        self.unwritten: dict[Location, Value] = {}
        self.has_written = False

    @property
    def missing(self) -> tuple[Move, ...]:
        """The halves that have not come to their end."""
        halves = (RUN, WRITE) if self.access else (WRITE,) if self.unwritten or not self.has_written else ()
        return tuple(Move(self.tx_index, half) for half in halves)

    @property
    def next_step(self) -> Move:
        return Move(self.tx_index, ONE_READ if self.access else ONE_WRITE)

    @property
    def steps(self) -> tuple[Move, ...]:
        """The single moves that are still to come, if nobody gets in the way."""
        if not self.missing:
            return ()
        reads, writes = self._foresee() if self.access else ([], list(self.unwritten))
        watched = self.stage.stops
        runs = max(1, sum(place in watched for place in reads)) if self.access else 0
        writing = max(1, sum(place in watched for place in writes))
        return (Move(self.tx_index, ONE_READ),) * runs + (Move(self.tx_index, ONE_WRITE),) * writing

    def _foresee(self) -> tuple[list[Location], list[Location]]:
        """Return what it would go on to read and to write, by a rehearsal of the whole run."""
        script, places = self._script(), []
        try:
            access = next(script)
            while True:
                if access.location not in self.reads:
                    places.append(access.location)
                access = script.send(self.reads.get(access.location) or self.stage.view.read(access.location))
        except StopIteration as stop:
            return places, list(stop.value[1])
        except InputError:  # it would be refused: nothing to write
            return places, []

    def do(self, move: Move) -> Event:
        """Make one move.

        Raises:
            InputError: when it is not its turn, or the transaction may not run at all where it stands.
        """
        if move not in (*self.missing[:1], self.next_step) or not self.missing:
            raise self._out_of_turn(move)
        return self._run(move) if move.runs else self._write(move)

    def _out_of_turn(self, move: Move) -> InputError:
        name = letter(self.tx_index)
        if move.runs or not self.missing:
            will_check = bool(self.missing) and self.stage.rules.validates and not self.has_written
            check = f"a write: only when {name} wants to write is it checked" if will_check else ""
            if move.is_single:
                what = f"{move} is one too many: {name} has nothing left to {'read' if move.runs else 'write'}"
                return InputError(what, "schedule", check)
            once = f"each half of {name} once, unless it is aborted"
            return InputError(f"{move} occurs twice", "schedule", check or once)
        reads = [step for step in self.steps if step.runs] if move.is_single else self.missing[:1]
        if self.incarnation:
            what = f"{move} comes too early: {name} was aborted; it must read again ({_words(reads)})"
            return InputError(what, "schedule")
        what = f"{move} comes before {_words(reads)}"
        return InputError(what, "schedule", "a transaction that runs before it writes")

    def _run(self, move: Move) -> Event:
        seen: dict[Location, Read] = {}
        stops = self.stage.stops
        while self.access and not (move.is_single and stops & seen.keys() and self.access.location in stops):
            location = self.access.location
            seen[location] = read = self.stage.view.read(location)
            try:
                self.access = self.script.send(read)
            except StopIteration as stop:
                self.access = None
                self.result, self.unwritten = stop.value
        self.reads |= seen
        return Event(move, self.incarnation, self.stage.world, seen=seen)

    def _write(self, move: Move) -> Event:
        stage, incarnation = self.stage, self.incarnation
        version = Version(self.tx_index, incarnation)
        if stage.rules.validates and not self.has_written and (stale := self._stale()):
            self.start()
            return Event(move, incarnation, stage.world, stale=stale)
        assert self.result is not None
        wrote: dict[Location, Value] = {}
        while self.unwritten and not (move.is_single and stage.stops & wrote.keys() and self._stops_next()):
            location = next(iter(self.unwritten))
            wrote[location] = self.unwritten.pop(location)
        stage.view.commit(version, StateDiff(wrote, self.result.touched))
        if not self.unwritten and not stage.rules.fee_slot:
            stage.view.pay(version, stage.env.coinbase, self.result.fee)
        self.has_written = True
        stage.world = stage.pre.apply(stage.view.diff())
        return Event(move, incarnation, stage.world, wrote=wrote)

    def _stops_next(self) -> bool:
        return next(iter(self.unwritten)) in self.stage.stops

    def _stale(self) -> tuple[Location, ...]:
        return tuple(place for place, read in self.reads.items() if self.stage.view.read(place).version != read.version)

    def _script(self) -> Script:
        outcome: Conclusion = yield from conversation(self.stage.env, self.tx)
        if outcome.result is None:
            where = Move(self.tx_index, RUN)
            how = f"is refused here: {outcome.refusal}" if outcome.refusal else f"goes wrong here: {outcome.failure!r}"
            raise InputError(f"{where} {how}", "schedule") from outcome.refusal or outcome.failure
        writes, fees = dict(outcome.result.write_set), self.stage.fees
        if self.stage.rules.fee_slot:
            if fees not in writes:
                writes[fees] = (outcome.reads.get(fees) or (yield Access(fees, outcome.gas))).value
            held = writes[fees]
            assert isinstance(held, int)
            writes[fees] = held + outcome.result.fee
        return outcome.result, writes
