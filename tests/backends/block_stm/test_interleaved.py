"""Block-STM equals the sequential backend in every order of events, and each of its rules is needed for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from tests.backends.block_stm.interleaved import begin, faults, play
from tests.backends.cases import CASES, INCREMENT, PEOPLE, Case, case, everybody, sent
from tests.backends.random_blocks import random_case
from tests.support.worlds import CONTRACT, OTHER, contract
from toyevm.backends.block_stm import scheduler as scheduler_module
from toyevm.backends.block_stm.accounting import LAZY, FeesApart, FeesLazy, FeesRead
from toyevm.backends.block_stm.push import PushScheduler
from toyevm.backends.block_stm.scheduler import Scheduler, SharedCounter, Task, TaskStatus
from toyevm.backends.block_stm.threads import PAPER, BlockSTM, Switches
from toyevm.errors import InputError
from toyevm.simulation.conversation import Conclusion
from toyevm.simulation.multiversion import Blocked, Entry, Increment, MultiVersionMemory, as_number
from toyevm.simulation.steps import Action, Step, Steps, replay
from toyevm.types import Field, Location, Read, Version

POINTER = (  # 0: "where?" is slot 0. Without calldata: write 7 where slot 0 points; with it: move the pointer
    "CALLDATASIZE PUSH @move JUMPI PUSH 7 PUSH 0 SLOAD SSTORE STOP move: JUMPDEST PUSH 0 CALLDATALOAD PUSH 0 SSTORE"
)
READER = "PUSH 0 SLOAD PUSH 5 SLOAD ADD PUSH 9 SSTORE"


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


MOVING = case(  # who comes later writes somewhere else once the pointer has moved: a new location, and one given up
    "a pointer that moves",
    {CONTRACT: contract(f"CALLDATASIZE PUSH 33 EQ PUSH @look JUMPI {POINTER} STOP look: JUMPDEST {READER}")},
    sent(0, data=word(5), gas_limit=300_000), sent(1, gas_limit=300_000), sent(2, data=bytes(33), gas_limit=300_000),
    sent(3, data=word(6), gas_limit=300_000), sent(4, gas_limit=300_000), sent(5, data=bytes(33), gas_limit=300_000),
)  # fmt: skip
CHAIN = case("a chain", {CONTRACT: contract(INCREMENT)}, *everybody(4))
BLOCKS = [MOVING, CHAIN]
SUMS = case(  # who comes second pays less gas; 3 asks for the fees, 5 and 6 pay a contract that looks
    "a fee below another",
    {CONTRACT: contract(f"CALLDATASIZE PUSH @ask JUMPI {INCREMENT} PUSH 0 SLOAD PUSH 1 EQ PUSH @end JUMPI "
                        f"PUSH 9 PUSH 7 SSTORE end: JUMPDEST STOP ask: JUMPDEST COINBASE BALANCE PUSH 3 SSTORE"),
     OTHER: contract("SELFBALANCE PUSH 1 SSTORE")},
    sent(0, gas_limit=300_000), sent(1, gas_limit=300_000), sent(2, to=b"\x77" * 20, value=5),
    sent(3, data=b"x", gas_limit=300_000), sent(4, to=PEOPLE[4], value=1),
    sent(5, to=OTHER, value=3), sent(6, to=OTHER, value=3),
)  # fmt: skip


def found(
    blocks: list[Case], seeds: Iterable[int], threads: int = 3, accounting: type[FeesApart] = FeesApart,
    most: int = 20_000, switches: Switches = PAPER, foresees: bool = False,
) -> Iterator[str]:  # fmt: skip
    for seed in seeds:
        for block in blocks:
            try:
                yield from faults(block, play(block, threads, seed, accounting, most, switches, foresees))
            except InputError as error:  # they did not come to an end
                yield str(error)
            except (AssertionError, KeyError) as error:
                yield f"{error!r}"


def late_faults() -> Iterator[str]:
    """Let two threads find the same incarnation wrong, one so late that the next incarnation has written by then."""
    stm, _ = begin(CHAIN)
    zero, one = (finish(stm.scheduler._next_to_execute()) for _ in range(2))
    finish(stm._execute(one))  # before 0 has written
    finish(stm._execute(zero))
    wrong = Task("validate", 1, 0)
    late = stm._validate(wrong)
    while next(late).action is not Action.MOVE:
        pass
    again = finish(stm._validate(wrong))
    finish(stm._execute(again))
    finish(late)
    try:
        if stm.memory.read(Location(CONTRACT, 0), 2).value != 2:
            yield "a late validation has spoilt a value"
    except Blocked:
        yield "a late validation makes estimates of what another incarnation wrote"


def early_end_faults() -> Iterator[str]:
    """Let bad news come, and who brings it go, between a thread's look at what to validate and at who is active."""
    for scheduler, news in (
        (plain := Scheduler(2), lambda: plain._lower(plain.validation_index, 1)),
        (push := PushScheduler(2), lambda: push.revalidate([1])),
    ):
        scheduler.execution_index.value = 2
        scheduler.validation_index.value = max(2, scheduler.validation_index.value)
        scheduler.active.value = 1
        check = scheduler._check_done()
        while next(check).what != "active":
            pass
        finish(news())
        finish(scheduler.active.add(-1))
        finish(check)
        if scheduler.is_done:
            yield f"{type(scheduler).__name__} finds all done though 1 is to be validated"


def finish(steps: Steps[Any]) -> Any:
    """Take all steps at once, and return what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def test_a_validation_that_comes_late_spoils_nothing() -> None:
    assert list(late_faults()) == []


def test_bad_news_between_two_looks_keeps_a_thread_from_the_end() -> None:
    assert list(early_end_faults()) == []


@pytest.mark.parametrize("accounting", [FeesApart, FeesRead, FeesLazy], ids=lambda each: each.__name__)
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_every_order_of_events_gives_what_sequential_gives(threads: int, accounting: type[FeesApart]) -> None:
    blocks = [*BLOCKS, *CASES, *map(random_case, range(4))]
    assert list(found(blocks, range(1, 3), threads, accounting, most=500_000)) == []


def test_the_same_choices_are_the_same_run() -> None:
    first = play(MOVING, 3, seed=5)
    stm, _ = begin(MOVING)
    again = replay([stm.thread() for _ in range(3)], first.stage.choices)
    assert again.is_over
    assert stm.causes == first.stm.causes
    assert {index: version for index, (version, _) in stm.attempts.items()} == {
        index: version for index, (version, _) in first.stm.attempts.items()
    }


def test_a_thread_that_has_ended_cannot_go_on() -> None:
    stage = play(CHAIN, 2, seed=1).stage
    with pytest.raises(InputError, match="none: all ended"):
        stage.advance(0)


# What each rule is for: without it, some order of events goes wrong

Patch = pytest.MonkeyPatch


def no_double_collect(patch: Patch) -> None:
    """A thread looks at the counters once, and believes what it has put together."""

    def check(self: Scheduler) -> Steps[None]:
        execution = yield from self.execution_index.look()
        validation = yield from self.validation_index.look()
        if min(execution, validation) >= self.size and (yield from self.active.look()) == 0:
            yield Step(Action.FINISH)
            self.is_done = True

    patch.setattr(Scheduler, "_check_done", check)


def wakes_before_it_has_written(patch: Patch) -> None:
    """A stale wake: who waited reads before the values that it waited for are there."""
    honest = BlockSTM._record

    def record(self: BlockSTM, version: Version, outcome: Conclusion, paid: Read | None) -> Steps[bool]:
        waiting, self.scheduler.dependents[version.tx_index] = self.scheduler.dependents[version.tx_index], set()
        yield from self.scheduler._resume(waiting)
        self.scheduler.statuses[version.tx_index] = TaskStatus.EXECUTED
        for location in self.memory.written_by(version.tx_index):
            yield Step(Action.REMOVE, version.tx_index, location=location)
            self.memory.remove(version.tx_index, location)
        self.scheduler.statuses[version.tx_index] = TaskStatus.EXECUTING
        return (yield from honest(self, version, outcome, paid))

    patch.setattr(BlockSTM, "_record", record)


def no_new_location_rule(patch: Patch) -> None:
    """Only the transaction itself is validated, although it wrote where nobody expected it."""
    honest = Scheduler.finish_execution
    patch.setattr(Scheduler, "finish_execution", lambda self, task, _: honest(self, task, False))


def no_validation_above_an_abort(patch: Patch) -> None:
    """Whoever has read what was aborted is not looked at again."""
    honest = Scheduler._lower

    def lower(self: Scheduler, counter: SharedCounter, target: int) -> Steps[None]:
        if counter is self.validation_index and target and self.statuses[target - 1] is TaskStatus.READY:
            return (yield from self.decrease_count.add(1)) and None
        return (yield from honest(self, counter, target))

    patch.setattr(Scheduler, "_lower", lower)


def old_writes_stay(patch: Patch) -> None:
    """What an earlier incarnation wrote, and the last one did not, is still there."""
    patch.setattr(MultiVersionMemory, "remove", lambda self, tx_index, location: None)


def never_validates(patch: Patch) -> None:
    def find_stale(self: BlockSTM, tx_index: int) -> Steps[Location | None]:
        yield Step(Action.COMPARE, tx_index)
        return None

    patch.setattr(BlockSTM, "_find_stale", find_stale)


def validates_the_first_read_only(patch: Patch) -> None:
    honest = BlockSTM._find_stale

    def find_stale(self: BlockSTM, tx_index: int) -> Steps[Location | None]:
        version, outcome = whole = self.attempts[tx_index]
        self.attempts[tx_index] = version, Conclusion(dict(list(outcome.reads.items())[:1]), outcome.result)
        try:
            return (yield from honest(self, tx_index))
        finally:
            self.attempts[tx_index] = whole

    patch.setattr(BlockSTM, "_find_stale", find_stale)


def waits_for_one_that_has_run(patch: Patch) -> None:
    """Nobody looks under the lock whether the other has finished by now: the wake-up is missed."""

    def add(self: Scheduler, tx_index: int, blocking: int, status: TaskStatus = TaskStatus.ABORTING) -> Steps[bool]:
        yield Step(Action.DEPEND, tx_index)
        self._move(tx_index, status)
        self.dependents[blocking].add(tx_index)
        yield from self.active.add(-1)
        return True

    patch.setattr(Scheduler, "add_dependency", add)


def forgets_to_resume(patch: Patch) -> None:
    def resume(self: Scheduler, tx_indices: set[int]) -> Steps[None]:
        yield Step(Action.RESUME)

    patch.setattr(Scheduler, "_resume", resume)


def resumes_without_lowering(patch: Patch) -> None:
    def resume(self: Scheduler, tx_indices: set[int]) -> Steps[None]:
        for tx_index in sorted(tx_indices):
            yield from self._set_ready(tx_index)

    patch.setattr(Scheduler, "_resume", resume)


def every_failed_validation_wins(patch: Patch) -> None:
    """Two threads find the same incarnation wrong, and both abort it."""

    def abort(self: Scheduler, task: Task) -> Steps[bool]:
        yield Step(Action.MOVE, task.tx_index)
        self._move(task.tx_index, TaskStatus.ABORTING)
        return True

    patch.setattr(Scheduler, "try_validation_abort", abort)


def is_executed_before_it_has_written(patch: Patch) -> None:
    """Others are told that a transaction has run while its values are still on their way."""
    honest = BlockSTM._record

    def record(self: BlockSTM, version: Version, outcome: Conclusion, paid: Read | None) -> Steps[bool]:
        yield Step(Action.MOVE, version.tx_index)
        self.scheduler._move(version.tx_index, TaskStatus.EXECUTED)
        wrote_new = yield from honest(self, version, outcome, paid)
        self.scheduler.statuses[version.tx_index] = TaskStatus.EXECUTING
        return wrote_new

    patch.setattr(BlockSTM, "_record", record)


def never_active(patch: Patch) -> None:
    """The end is declared while others are still at work."""
    honest = SharedCounter.add

    def add(self: SharedCounter, amount: int) -> Steps[int]:
        if self.name == "active":
            yield Step(Action.TAKE)
            return 0
        return (yield from honest(self, amount))

    patch.setattr(SharedCounter, "add", add)


def every_thread_starts_at_the_other_end(patch: Patch) -> None:
    """Reads see the writes of higher transactions."""
    honest = MultiVersionMemory.read
    patch.setattr(MultiVersionMemory, "read", lambda self, location, tx_index: honest(self, location, tx_index + 2))


def keeps_the_reads_of_the_first_incarnation(patch: Patch) -> None:
    honest = BlockSTM._record

    def record(self: BlockSTM, version: Version, outcome: Conclusion, paid: Read | None) -> Steps[bool]:
        before = self.attempts.get(version.tx_index)
        wrote_new = yield from honest(self, version, outcome, paid)
        if before:
            self.attempts[version.tx_index] = before
        return wrote_new

    patch.setattr(BlockSTM, "_record", record)


def keeps_what_an_earlier_incarnation_read_to_pay(patch: Patch) -> None:
    """An incarnation that is refused pays nothing, but is held to what the one before read in order to pay."""
    honest = BlockSTM._record

    def record(self: BlockSTM, version: Version, outcome: Conclusion, paid: Read | None) -> Steps[bool]:
        return (yield from honest(self, version, outcome, paid or self.paid.get(version.tx_index)))

    patch.setattr(BlockSTM, "_record", record)


BUGS: list[Callable[[Patch], None]] = [
    no_double_collect, no_new_location_rule, no_validation_above_an_abort, old_writes_stay, never_validates,
    validates_the_first_read_only, waits_for_one_that_has_run, forgets_to_resume, resumes_without_lowering,
    every_failed_validation_wins, is_executed_before_it_has_written, never_active, every_thread_starts_at_the_other_end,
    keeps_the_reads_of_the_first_incarnation, wakes_before_it_has_written,
]  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_each_rule_is_needed(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    assert next(found(BLOCKS, range(1, 400)), None), f"{bug.__name__} does no harm in any order that was tried"


# What is special about money that is only added


def adds_up_to_the_next_increment_only(patch: Patch) -> None:
    def sum_(self: MultiVersionMemory, location: Location, highest: Increment, writer: int) -> Read:
        below = self.read(location, -1)
        return Read(highest.version, as_number(below.value) + highest.value)

    patch.setattr(MultiVersionMemory, "_sum", sum_)


def compares_sums_by_version(patch: Patch) -> None:
    """The highest increment is the same, and one below it has changed."""

    def find_stale(self: BlockSTM, tx_index: int) -> Steps[Location | None]:
        for location, read in self.attempts[tx_index][1].reads.items():
            yield Step(Action.COMPARE, tx_index)
            if read.version.incarnation != LAZY:
                try:
                    if self.memory.read(location, tx_index).version != read.version:
                        return location
                except Blocked:
                    return location
        return None

    patch.setattr(BlockSTM, "_find_stale", find_stale)


def contracts_do_not_see_what_they_are_paid(patch: Patch) -> None:
    """What is paid to a contract is an increment, too, though its code may look."""

    def postpone(self: FeesLazy, tx_index: int, location: Location, seen: object) -> Read | None:
        tx = self.transactions[tx_index]
        paid = tx.to and tx.value and location == (tx.to, Field.BALANCE) and tx.to != tx.sender
        return Read(Version(tx_index, LAZY), 0) if paid else None

    patch.setattr(FeesLazy, "postpone", postpone)


def who_pays_themselves_adds_to_nothing(patch: Patch) -> None:
    honest = FeesLazy.postpone

    def postpone(self: FeesLazy, tx_index: int, location: Location, seen: Mapping[Location, Read]) -> Read | None:
        tx = self.transactions[tx_index]
        if tx.to == tx.sender and tx.value and location == (tx.to, Field.BALANCE):
            return Read(Version(tx_index, LAZY), 0)
        return honest(self, tx_index, location, seen)

    patch.setattr(FeesLazy, "postpone", postpone)


def settles_nothing(patch: Patch) -> None:
    patch.setattr(FeesLazy, "settle", lambda self, tx_index, outcome, view: outcome)


def forgets_the_fee_of_who_is_paid(patch: Patch) -> None:
    """Where a transaction writes the fee recipient's balance, its own fee is not added."""
    honest = FeesLazy.entries

    def entries(self: FeesLazy, version: Version, outcome: Conclusion, paid: Read | None) -> dict[Location, Entry]:
        if outcome.result and self.fees in outcome.result.write_set:
            return FeesApart.entries(self, version, outcome, paid)
        return honest(self, version, outcome, paid)

    patch.setattr(FeesLazy, "entries", entries)


PAYING = [
    (keeps_what_an_earlier_incarnation_read_to_pay, FeesRead), (adds_up_to_the_next_increment_only, FeesLazy),
    (compares_sums_by_version, FeesLazy), (contracts_do_not_see_what_they_are_paid, FeesLazy),
    (who_pays_themselves_adds_to_nothing, FeesLazy), (settles_nothing, FeesLazy),
    (forgets_the_fee_of_who_is_paid, FeesLazy),
]  # fmt: skip


@pytest.mark.parametrize(("bug", "accounting"), PAYING, ids=[bug.__name__ for bug, _ in PAYING])
def test_each_rule_about_money_is_needed(
    bug: Callable[[Patch], None], accounting: type[FeesApart], monkeypatch: Patch
) -> None:
    bug(monkeypatch)
    assert next(found([SUMS, *CASES], range(1, 60), accounting=accounting), None), f"{bug.__name__} does no harm"


def test_a_status_that_cannot_follow_is_refused() -> None:
    follow = {
        before: {after for first, after in scheduler_module.TRANSITIONS if first is before} for before in TaskStatus
    }
    assert follow == {
        TaskStatus.READY: {TaskStatus.EXECUTING},
        TaskStatus.EXECUTING: {TaskStatus.EXECUTED, TaskStatus.ABORTING, TaskStatus.STALLED},
        TaskStatus.EXECUTED: {TaskStatus.ABORTING},
        TaskStatus.ABORTING: {TaskStatus.READY},
        TaskStatus.STALLED: {TaskStatus.READY},
    }
    for before, allowed in follow.items():
        for after in set(TaskStatus) - allowed:
            scheduler = Scheduler(1)
            scheduler.statuses[0] = before
            with pytest.raises(AssertionError):
                scheduler._move(0, after)


UNCOUNTED = (729, 1260, 1356)  # orders in which a move back happens between the two looks at the count


@pytest.mark.parametrize("seed", UNCOUNTED)
def test_a_move_back_that_is_not_counted_lets_a_thread_end_too_early(seed: int, monkeypatch: Patch) -> None:
    """The orders in which the double collect alone decides are rare: about one in a thousand."""

    def lower(self: Scheduler, counter: SharedCounter, target: int) -> Steps[None]:
        yield from counter.lower(target)

    assert list(found([CHAIN], [seed], 3, FeesApart)) == []
    monkeypatch.setattr(Scheduler, "_lower", lower)
    assert list(found([CHAIN], [seed], 3, FeesApart)) != []
