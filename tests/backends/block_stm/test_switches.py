"""Block-STM with what Aptos has changed since, under the clock and in every order of events; each rule is needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import product

import pytest

from tests.backends.block_stm.interleaved import begin
from tests.backends.block_stm.test_interleaved import CHAIN, MOVING, SUMS, finish, found
from tests.backends.cases import CASES, Case, case, sent
from tests.backends.edges import EDGES
from tests.backends.invariants import broken_invariants
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.backends.random_pairs import random_case
from tests.simulation.test_optimistic import hot_slot
from tests.support.worlds import CONTRACT
from toyevm import APPLICATIONS
from toyevm.backends import Backend, CostModel, RunConfig
from toyevm.backends.block_stm import (
    BLOCK_STM,
    BLOCK_STM_PUSH,
    BLOCK_STM_PUSH_STALL,
    BLOCK_STM_STALL,
    expected_nonces,
)
from toyevm.backends.block_stm.accounting import FeesApart, FeesLazy, FeesRead
from toyevm.backends.block_stm.push import PushScheduler, Readers, Worklist
from toyevm.backends.block_stm.scheduler import Scheduler, Task, TaskStatus
from toyevm.backends.block_stm.threads import BlockSTM, Switches
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.run import Run
from toyevm.simulation.steps import Action, Step, Steps
from toyevm.state import WorldState
from toyevm.types import Field, Location, Read, Version
from toyevm.workloads.workload import Workload

VARIANTS = (BLOCK_STM_PUSH, BLOCK_STM_STALL, BLOCK_STM_PUSH_STALL)
PUSH, STALL, BOTH = Switches(pushes=True), Switches(stalls=True), Switches(pushes=True, stalls=True)
Patch = pytest.MonkeyPatch


def faults_by_the_clock(block: Case, settings: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Run a block with each switch, on so many cores with such a seed."""
    oracle = oracle_of(block)
    for backend, (cores, seed) in product(VARIANTS, settings):
        config = RunConfig(block.chain, cores, seed, CostModel(jitter=300, commit=2_000))
        outcome = outcome_of(backend, block, config)
        found = differences(block, outcome, oracle)
        if isinstance(outcome, Run):
            found += broken_invariants(backend.name, block, config, outcome)
            fees = Location(block.block.header.coinbase, Field.BALANCE)
            if outcome.repeats and not any(fees in result.read_set for result in outcome.result.results):
                found.append(f"{outcome.repeats} found wrong only when their turn came")
        yield from (f"{block}, {backend.name}, {cores} cores: {one}" for one in found)


@pytest.mark.parametrize("block", [*CASES, *EDGES, *map(random_case, range(20))], ids=str)
def test_with_each_switch_a_block_equals_sequential_and_keeps_the_invariants(block: Case) -> None:
    assert list(faults_by_the_clock(block, [(1, 0), (2, 1), (4, 2), (16, 3)])) == []


@pytest.mark.parametrize("switches", [PUSH, STALL, BOTH], ids=str)
@pytest.mark.parametrize("accounting", [FeesApart, FeesRead, FeesLazy], ids=lambda each: each.__name__)
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_with_each_switch_every_order_of_events_gives_what_sequential_gives(
    threads: int, accounting: type[FeesApart], switches: Switches
) -> None:
    blocks = [MOVING, CHAIN, SUMS, *CASES, *map(random_case, range(4))]
    assert list(found(blocks, range(1, 3), threads, accounting, 500_000, switches, foresees=threads == 2)) == []


def test_nonces_known_beforehand_give_what_sequential_gives_in_every_order_of_events() -> None:
    assert list(found([MOVING, *CASES, *map(random_case, range(8))], range(1, 4), most=500_000, foresees=True)) == []


# What they buy


def run(backend: Backend, block: Case | Workload, cores: int = 16) -> Run:
    return backend.execute_block(block.pre, block.block, RunConfig(block.chain, cores))


def count(done: Run, kind: str) -> int:
    return sum(span.kind == kind for span in done.spans)


def test_push_validates_once_where_nobody_meets_and_less_where_some_do() -> None:
    apart = APPLICATIONS["erc20-uniform"](60)
    some = APPLICATIONS["erc20-zipf"](100)
    assert count(run(BLOCK_STM_PUSH, apart), "validate") < 2 * 60
    assert count(run(BLOCK_STM_PUSH, some), "validate") * 3 < count(run(BLOCK_STM, some), "validate")


def test_stalls_save_executions_on_a_chain() -> None:
    chain = APPLICATIONS["amm-swap"](100)
    assert run(BLOCK_STM_STALL, chain).attempts * 1.5 < run(BLOCK_STM, chain).attempts


def test_a_sender_is_never_refused_for_a_nonce_that_is_to_come() -> None:
    """Each of the others waits once for the one before, and runs once."""
    block = case("one sender", {}, *[sent(0, nonce, to=b"\x77" * 20, gas_limit=21_000) for nonce in range(20)])
    done = run(BLOCK_STM, block)
    assert done.attempts == 20 + 19
    nonce = Location(block.block.transactions[0].sender, Field.NONCE)
    assert {span.cause for span in done.spans if span.aborted} == {nonce}
    assert expected_nonces(block.block.transactions, first=3) == [(at, nonce) for at in range(3, 19)]


# What each rule is for: without it, some order of events goes wrong


def forgets_who_has_read(patch: Patch) -> None:
    patch.setattr(Readers, "replace", lambda self, tx_index, reads: None)


def keeps_the_readers_of_the_first_incarnation(patch: Patch) -> None:
    honest, noted = Readers.replace, set[int]()

    def replace(self: Readers, tx_index: int, reads: Collection[Location]) -> None:
        if (id(self), tx_index) not in noted:
            noted.add((id(self), tx_index))  # type: ignore[arg-type]
            honest(self, tx_index, reads)

    patch.setattr(Readers, "replace", replace)


def does_not_validate_what_has_just_run(patch: Patch) -> None:
    """What changed while it ran, or before its reads were noted, nobody has told."""

    def follow_up(self: PushScheduler, task: Task, wrote_new_location: bool) -> Steps[Task | None]:
        yield from ()

    patch.setattr(PushScheduler, "_follow_up", follow_up)


def tells_only_the_next_reader(patch: Patch) -> None:
    told = Readers.misled
    patch.setattr(Readers, "misled", lambda self, tx_index, location: told(self, tx_index, location)[:1])


def tells_nobody_who_is_a_writer_too(patch: Patch) -> None:
    """The next writer has read below its own entry."""
    told = Readers.misled

    def misled(self: Readers, tx_index: int, location: Location) -> Collection[int]:
        return [each for each in told(self, tx_index, location) if location not in self._memory.written_by(each)]

    patch.setattr(Readers, "misled", misled)


def loses_what_is_on_the_list(patch: Patch) -> None:
    """Who is put on the list takes the place of those who stand there."""
    honest = Worklist.put

    def put(self: Worklist, tx_indices: Collection[int]) -> Steps[None]:
        self.waiting.clear()
        yield from honest(self, tx_indices)

    patch.setattr(Worklist, "put", put)


def looks_at_the_list_only_before_the_executions(patch: Patch) -> None:
    """The end is declared though there is somebody on the list."""

    def look(self: Worklist) -> Steps[int]:
        yield Step(Action.LOOK, what=self.name)
        return self.end

    patch.setattr(Worklist, "look", look)


def who_adds_hides_what_is_below(patch: Patch) -> None:
    honest = MultiVersionMemory.next_writer

    def next_writer(self: MultiVersionMemory, location: Location, tx_index: int) -> int | None:
        above = [each for each in self._writers.get(location, ()) if each > tx_index]
        return min(above, default=None) if above else honest(self, location, tx_index)

    patch.setattr(MultiVersionMemory, "next_writer", next_writer)


PUSHING: list[tuple[Callable[[Patch], None], type[FeesApart]]] = [
    (forgets_who_has_read, FeesApart), (keeps_the_readers_of_the_first_incarnation, FeesApart),
    (does_not_validate_what_has_just_run, FeesApart), (tells_only_the_next_reader, FeesApart),
    (tells_nobody_who_is_a_writer_too, FeesApart), (loses_what_is_on_the_list, FeesApart),
    (looks_at_the_list_only_before_the_executions, FeesApart), (who_adds_hides_what_is_below, FeesLazy),
]  # fmt: skip


def readers_faults() -> Iterator[str]:
    """Ask the readers' sets directly. In blocks, who reads a slot has read the code too; the sets do not rely on it."""
    memory = MultiVersionMemory(WorldState({}))
    readers = Readers(memory)
    slot, storage, balance = (Location(CONTRACT, key) for key in (7, Field.STORAGE, Field.BALANCE))
    for tx_index in (1, 3, 4, 6):
        readers.replace(tx_index, [slot])
    readers.replace(5, [balance])
    memory.put(4, storage, Read(Version(4), 0))
    for location, told in ((storage, [3, 4]), (slot, [3, 4, 6]), (balance, [5])):
        if list(readers.misled(2, location)) != told:
            yield f"{location} has misled {readers.misled(2, location)} instead of {told}"


def test_who_reads_a_slot_is_misled_by_who_clears_the_storage() -> None:
    assert list(readers_faults()) == []


def early_news_faults() -> Iterator[str]:
    """Let 1 be aborted after 2 has read what it wrote: 2 is on the list before 1 has run again."""
    stm, _ = begin(CHAIN, switches=PUSH)
    scheduler = stm.scheduler
    assert isinstance(scheduler, PushScheduler)
    zero, one, two = [task for task in (finish(scheduler.next_task()) for _ in range(3)) if task]
    for task in (one, two, zero):
        finish(stm._execute(task))
    again = finish(stm._validate(Task("validate", 1, 0)))
    if again != Task("execute", 1, 1) or 2 not in scheduler.to_validate.waiting:
        yield f"after an abort goes on with {again}, and to validate are {scheduler.to_validate.waiting}"


def test_the_readers_of_what_is_aborted_are_validated_before_it_runs_again() -> None:
    assert list(early_news_faults()) == []


@pytest.mark.parametrize(("bug", "accounting"), PUSHING, ids=[bug.__name__ for bug, _ in PUSHING])
def test_each_rule_of_push_is_needed(
    bug: Callable[[Patch], None], accounting: type[FeesApart], monkeypatch: Patch
) -> None:
    bug(monkeypatch)
    blocks = [MOVING, CHAIN, SUMS]
    assert next(found(blocks, range(1, 400), accounting=accounting, switches=PUSH), None), (
        f"{bug.__name__} does no harm"
    )


def wakes_nobody_who_is_stalled(patch: Patch) -> None:
    honest = Scheduler._set_ready

    def set_ready(self: Scheduler, tx_index: int) -> Steps[None]:
        if self.statuses[tx_index] is not TaskStatus.STALLED:
            yield from honest(self, tx_index)

    patch.setattr(Scheduler, "_set_ready", set_ready)


def stalls_behind_one_that_has_run(patch: Patch) -> None:
    honest = Scheduler.add_dependency

    def add(self: Scheduler, tx_index: int, blocking: int, status: TaskStatus = TaskStatus.ABORTING) -> Steps[bool]:
        if status is TaskStatus.ABORTING:
            return (yield from honest(self, tx_index, blocking, status))
        yield Step(Action.DEPEND, tx_index)
        self._move(tx_index, status)
        self.dependents[blocking].add(tx_index)
        yield from self.active.add(-1)
        return True

    patch.setattr(Scheduler, "add_dependency", add)


def counts_a_stall_as_an_incarnation(patch: Patch) -> None:
    """A number that nobody has run as: the clock's record has a gap."""
    honest = Scheduler._set_ready

    def set_ready(self: Scheduler, tx_index: int) -> Steps[None]:
        self.incarnations[tx_index] += self.statuses[tx_index] is TaskStatus.STALLED
        yield from honest(self, tx_index)

    patch.setattr(Scheduler, "_set_ready", set_ready)


def stays_active_while_it_is_stalled(patch: Patch) -> None:
    honest = BlockSTM._is_stalled

    def is_stalled(self: BlockSTM, version: Version) -> Steps[bool]:
        found = yield from honest(self, version)
        if found:
            yield from self.scheduler.active.add(1)
        return found

    patch.setattr(BlockSTM, "_is_stalled", is_stalled)


@pytest.mark.parametrize(
    "bug", [wakes_nobody_who_is_stalled, stalls_behind_one_that_has_run, stays_active_while_it_is_stalled]
)
def test_each_rule_of_stalls_is_needed(bug: Callable[[Patch], None], monkeypatch: Patch) -> None:
    bug(monkeypatch)
    blocks = [MOVING, CHAIN, *CASES]
    assert next(found(blocks, range(1, 100), switches=STALL), None), f"{bug.__name__} does no harm"


def test_a_stall_that_counts_as_an_incarnation_breaks_an_invariant(monkeypatch: Patch) -> None:
    counts_a_stall_as_an_incarnation(monkeypatch)
    chain = hot_slot(20)
    config = RunConfig(chain.chain, 16)
    done = BLOCK_STM_STALL.execute_block(chain.pre, chain.block, config)
    assert any("incarnations" in one for one in broken_invariants("block_stm_stall", chain, config, done))
