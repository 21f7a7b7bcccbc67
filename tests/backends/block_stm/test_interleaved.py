"""Block-STM equals the sequential backend in every order of events, and each of its rules is needed for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.backends.block_stm.interleaved import begin, faults, play
from tests.backends.cases import CASES, INCREMENT, Case, case, everybody, sent
from tests.backends.random_pairs import random_case
from tests.support.worlds import CONTRACT, contract
from toyevm.backends.block_stm import scheduler as scheduler_module
from toyevm.backends.block_stm.scheduler import Counter, Scheduler, Status, Task
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.errors import InputError
from toyevm.simulation.conversation import Conclusion
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.steps import Action, Step, Steps, replay
from toyevm.types import Location, Version

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


def found(blocks: list[Case], seeds: range, threads: int = 3) -> Iterator[str]:
    for seed in seeds:
        for block in blocks:
            try:
                yield from faults(block, play(block, threads, seed, most=20_000))
            except InputError as error:  # they did not come to an end
                yield str(error)
            except (AssertionError, KeyError) as error:
                yield f"{error!r}"


@pytest.mark.parametrize("threads", [1, 2, 3, 5])
def test_every_order_of_events_gives_what_sequential_gives(threads: int) -> None:
    blocks = [*BLOCKS, *CASES[:12], *map(random_case, range(6))]
    assert list(found(blocks, range(1, 4), threads)) == []


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


def no_new_location_rule(patch: Patch) -> None:
    """Only the transaction itself is validated, although it wrote where nobody expected it."""
    honest = Scheduler.finish_execution
    patch.setattr(Scheduler, "finish_execution", lambda self, task, _: honest(self, task, False))


def no_validation_above_an_abort(patch: Patch) -> None:
    """Whoever has read what was aborted is not looked at again."""
    honest = Scheduler._lower

    def lower(self: Scheduler, counter: Counter, target: int) -> Steps[None]:
        if counter is self.validation_index and target and self.statuses[target - 1] is Status.READY:
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

    def add(self: Scheduler, tx_index: int, blocking: int) -> Steps[bool]:
        yield Step(Action.DEPEND, tx_index)
        self._move(tx_index, Status.ABORTING)
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
        self._move(task.tx_index, Status.ABORTING)
        return True

    patch.setattr(Scheduler, "try_validation_abort", abort)


def is_executed_before_it_has_written(patch: Patch) -> None:
    """Others are told that a transaction has run while its values are still on their way."""
    honest = BlockSTM._record

    def record(self: BlockSTM, version: Version, outcome: Conclusion) -> Steps[bool]:
        yield Step(Action.MOVE, version.tx_index)
        self.scheduler._move(version.tx_index, Status.EXECUTED)
        wrote_new = yield from honest(self, version, outcome)
        self.scheduler.statuses[version.tx_index] = Status.EXECUTING
        return wrote_new

    patch.setattr(BlockSTM, "_record", record)


def never_active(patch: Patch) -> None:
    """The end is declared while others are still at work."""
    honest = Counter.add

    def add(self: Counter, amount: int) -> Steps[int]:
        if self.name == "active":
            yield Step(Action.TAKE)
            return 0
        return (yield from honest(self, amount))

    patch.setattr(Counter, "add", add)


def every_thread_starts_at_the_other_end(patch: Patch) -> None:
    """Reads see the writes of higher transactions."""
    honest = MultiVersionMemory.read
    patch.setattr(MultiVersionMemory, "read", lambda self, location, tx_index: honest(self, location, tx_index + 2))


def keeps_the_reads_of_the_first_incarnation(patch: Patch) -> None:
    honest = BlockSTM._record

    def record(self: BlockSTM, version: Version, outcome: Conclusion) -> Steps[bool]:
        before = self.attempts.get(version.tx_index)
        wrote_new = yield from honest(self, version, outcome)
        if before:
            self.attempts[version.tx_index] = before
        return wrote_new

    patch.setattr(BlockSTM, "_record", record)


BUGS: list[Callable[[Patch], None]] = [
    no_double_collect, no_new_location_rule, no_validation_above_an_abort, old_writes_stay, never_validates,
    validates_the_first_read_only, waits_for_one_that_has_run, forgets_to_resume, resumes_without_lowering,
    every_failed_validation_wins, is_executed_before_it_has_written, never_active, every_thread_starts_at_the_other_end,
    keeps_the_reads_of_the_first_incarnation,
]  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_each_rule_is_needed(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    assert next(found(BLOCKS, range(1, 400)), None), f"{bug.__name__} does no harm in any order that was tried"


def test_a_status_that_cannot_follow_is_refused() -> None:
    scheduler = Scheduler(1)
    with pytest.raises(AssertionError):
        scheduler._move(0, Status.EXECUTED)
    assert len(scheduler_module.TRANSITIONS) == 5
