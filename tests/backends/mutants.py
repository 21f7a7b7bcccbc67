"""Bugs that a scheduler may have, each sown on purpose: a suite that lets one of them live proves nothing.

`MUTANTS` has one function for each, named after what it does wrong; it changes the backends through `monkeypatch`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest

from toyevm.backends import CostModel, access_list_dag, adaptive, declared_locks, guided, optimistic
from toyevm.backends.block_access_list import Claims
from toyevm.backends.block_stm.scheduler import Scheduler
from toyevm.backends.guided import GuidedExecution, SpeculativeView
from toyevm.backends.optimistic import ExpectedWrites, _Speculation
from toyevm.errors import InvalidBlock
from toyevm.results import TxResult
from toyevm.simulation import conversation, ledger, virtual_cores
from toyevm.simulation.ledger import FEE, Ledger
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.virtual_cores import Core, Simulation
from toyevm.state import BlockView, StateDiff
from toyevm.system import BlockRoom
from toyevm.types import Field, Location, Read, Version

Patch = pytest.MonkeyPatch
Mutant = Callable[[Patch], None]
MUTANTS: list[Mutant] = []


def mutant(function: Mutant) -> Mutant:
    MUTANTS.append(function)
    return function


def forget_reads(patch: Patch, is_forgotten: Callable[[Ledger, Any, Location], bool]) -> None:
    """Validate everything but some reads."""

    def find_stale(self: Ledger, outcome: Any) -> Location | None:
        for location, read in outcome.reads.items():
            stale = self.view.read(location).version != read.version
            if stale and not is_forgotten(self, outcome, location):
                return location
        return None

    patch.setattr(Ledger, "find_stale", find_stale)


# Validation


@mutant
def validate_by_value(patch: Patch) -> None:
    def find_stale(self: Ledger, outcome: Any) -> Location | None:
        reads = outcome.reads.items()
        return next((location for location, read in reads if self.view.read(location).value != read.value), None)

    patch.setattr(Ledger, "find_stale", find_stale)


@mutant
def skip_validation(patch: Patch) -> None:
    patch.setattr(Ledger, "find_stale", lambda self, outcome: None)


@mutant
def validate_only_the_first_read(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: location != next(iter(outcome.reads)))


@mutant
def forget_what_is_read_in_order_to_write(patch: Patch) -> None:
    """SSTORE reads: its gas depends on what is there."""
    forget_reads(
        patch, lambda self, outcome, at: at.is_slot and bool(outcome.result) and at in outcome.result.write_set
    )


@mutant
def forget_reads_of_storage(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: location.is_slot)


@mutant
def forget_reads_of_nonces(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: location.key == Field.NONCE)


@mutant
def forget_reads_of_balances(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: location.key == Field.BALANCE)


@mutant
def forget_reads_of_code(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: location.key == Field.CODE)


@mutant
def forget_reads_of_the_fee_recipient(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: location == self.fees)


@mutant
def forget_reads_of_the_refused(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: outcome.refusal is not None)


@mutant
def forget_reads_of_the_failed(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: bool(outcome.result) and not outcome.result.succeeded)


@mutant
def validate_when_finished_and_not_at_the_turn(patch: Patch) -> None:
    def commit(self: Any, core: Core) -> Any:
        self.is_committing = True
        while attempt := self.attempts.pop(self.ledger.head, None):
            yield from core.commit(attempt)
            self.release(attempt.tx_index)
            self.simulation.announce()
        self.is_committing = False

    patch.setattr(_Speculation, "commit", commit)


# Committing


def on_commit(patch: Patch, change: Callable[[Ledger, Version, Any], tuple[Version, Any]]) -> None:
    original = Ledger.commit
    patch.setattr(Ledger, "commit", lambda self, *arguments: original(self, *change(self, *arguments)))


def on_pay(patch: Patch, change: Callable[[Version, int], tuple[Version, int]]) -> None:
    """Pay fees another way, given the version of the run that was committed last."""

    class OtherView(BlockView):
        last = Version(0)

        def commit(self, version: Version, diff: StateDiff) -> None:
            self.last = version
            super().commit(version, diff)

        def pay(self, version: Version, address: bytes, amount: int) -> None:
            new_version, new_amount = change(self.last, amount) if version.incarnation == FEE else (version, amount)
            super().pay(new_version, address, new_amount)

    patch.setattr(ledger, "BlockView", OtherView)


@mutant
def commit_out_of_order(patch: Patch) -> None:
    def commit(self: Any, core: Core) -> Any:
        self.is_committing = True
        while self.attempts:
            attempt = self.attempts.pop(min(self.attempts))
            yield from core.commit(attempt)
            self.release(attempt.tx_index)
        self.is_committing = False
        self.simulation.announce()

    def work(self: Any, core: Core) -> Any:
        while not self.ledger.is_complete:
            if self.attempts and not self.is_committing:
                yield from self.commit(core)
            elif self.to_run:
                yield from self.speculate(core, optimistic.heappop(self.to_run))
            else:
                yield self.simulation.news()

    patch.setattr(_Speculation, "commit", commit)
    patch.setattr(_Speculation, "work", work)


@mutant
def two_cores_commit_at_once(patch: Patch) -> None:
    patch.setattr(_Speculation, "is_committing", property(lambda self: False, lambda self, value: None), raising=False)


@mutant
def write_every_incarnation_as_the_first(patch: Patch) -> None:
    on_commit(patch, lambda self, version, outcome: (Version(version.tx_index), outcome))


@mutant
def write_under_the_wrong_version(patch: Patch) -> None:
    on_commit(patch, lambda self, version, outcome: (Version(version.tx_index + 1, version.incarnation), outcome))


@mutant
def forget_who_was_touched(patch: Patch) -> None:
    class Forgetful(BlockView):
        def commit(self, version: Version, diff: StateDiff) -> None:
            super().commit(version, StateDiff(diff.writes))

    patch.setattr(ledger, "BlockView", Forgetful)


@mutant
def pay_no_fee_for_a_second_attempt(patch: Patch) -> None:
    on_pay(patch, lambda run, amount: (Version(run.tx_index, FEE), 0 if run.incarnation else amount))


@mutant
def pay_the_fee_under_the_version_of_the_run(patch: Patch) -> None:
    """One version then names two values, before and after the fee."""
    on_pay(patch, lambda run, amount: (run, amount))


@mutant
def skip_the_room_check(patch: Patch) -> None:
    class Endless(BlockRoom):
        def check(self, tx: Any) -> None:
            pass

    patch.setattr(ledger, "BlockRoom", Endless)


@mutant
def forget_the_gas_that_is_used_up(patch: Patch) -> None:
    class Refilled(BlockRoom):
        def use(self, tx: Any, result: TxResult) -> None:
            pass

    patch.setattr(ledger, "BlockRoom", Refilled)


@mutant
def look_for_a_refusal_before_the_room(patch: Patch) -> None:
    original = Ledger.commit

    def commit(self: Ledger, version: Version, outcome: Any) -> None:
        if outcome.refusal is not None:
            raise InvalidBlock(str(outcome.refusal), self.head)
        original(self, version, outcome)

    patch.setattr(Ledger, "commit", commit)


@mutant
def let_the_first_that_is_refused_end_the_block(patch: Patch) -> None:
    """Take the refusal of a speculative attempt for final."""
    original = Core.execute

    def execute(self: Core, tx_index: int, view: Any, kind: str = "execute") -> Any:
        attempt = yield from original(self, tx_index, view, kind)
        if attempt.outcome.refusal is not None:
            raise InvalidBlock(str(attempt.outcome.refusal), tx_index)
        return attempt

    patch.setattr(Core, "execute", execute)


@mutant
def let_the_first_that_fails_end_the_block(patch: Patch) -> None:
    """Take an error of a speculative attempt for final."""
    original = Core.execute

    def execute(self: Core, tx_index: int, view: Any, kind: str = "execute") -> Any:
        attempt = yield from original(self, tx_index, view, kind)
        if attempt.outcome.failure is not None:
            raise attempt.outcome.failure
        return attempt

    patch.setattr(Core, "execute", execute)


@mutant
def forget_reads_of_what_went_wrong(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: outcome.failure is not None)


# Speculation


@mutant
def read_everything_at_the_start(patch: Patch) -> None:
    patch.setattr(conversation, "gas_used", lambda tx, machine: 0)


@mutant
def finish_at_the_last_read(patch: Patch) -> None:
    patch.setattr(conversation.Conclusion, "gas", property(lambda self: 0))
    patch.setattr(Core, "spend", _spend_nothing_negative(Core.spend))


def _spend_nothing_negative(original: Any) -> Any:
    return lambda self, time: original(self, max(0, time))


@mutant
def never_try_again(patch: Patch) -> None:
    def speculate(self: Any, core: Core, tx_index: int) -> Any:
        attempt = yield from core.execute(tx_index, self.ledger.view)
        if (yield from core.validate(attempt)):
            self.attempts[tx_index] = attempt
        self.simulation.announce()

    patch.setattr(_Speculation, "speculate", speculate)


@mutant
def go_on_with_the_old_machine(patch: Patch) -> None:
    """Keep the outcome of an aborted attempt instead of beginning again."""
    original = conversation.conversation
    known: dict[int, Any] = {}

    def remembered(env: Any, tx: Any) -> Any:
        if id(tx) not in known:
            known[id(tx)] = (tx, (yield from original(env, tx)))
        return known[id(tx)][1]

    patch.setattr(virtual_cores, "conversation", remembered)


@mutant
def trust_the_hints(patch: Patch) -> None:
    def commit(self: GuidedExecution, core: Core) -> Any:
        self.is_committing = True
        while attempt := self.attempts.pop(self.ledger.head, None):
            yield from core.commit(attempt)
            self.memory.withdraw(attempt.tx_index)
        self.is_committing = False
        self.simulation.announce()

    patch.setattr(GuidedExecution, "commit", commit)


@mutant
def wait_for_nobody(patch: Patch) -> None:
    original = GuidedExecution.__init__

    def begin(self: GuidedExecution, simulation: Simulation, plan: guided.Plan) -> None:
        nobody: list[Collection[int]] = [()] * len(plan.predecessors)
        original(self, simulation, guided.Plan(nobody, plan.priorities, plan.lanes))

    patch.setattr(GuidedExecution, "__init__", begin)


@mutant
def let_go_when_one_of_several_has_finished(patch: Patch) -> None:
    original = GuidedExecution.__init__

    def begin(self: GuidedExecution, simulation: Simulation, plan: guided.Plan) -> None:
        first = [tuple(before)[:1] for before in plan.predecessors]
        original(self, simulation, guided.Plan(first, plan.priorities, plan.lanes))

    patch.setattr(GuidedExecution, "__init__", begin)


@mutant
def see_later_transactions(patch: Patch) -> None:
    original = MultiVersionMemory.read
    patch.setattr(MultiVersionMemory, "read", lambda self, location, tx_index: original(self, location, 10**9))


@mutant
def see_old_slots_through_cleared_storage(patch: Patch) -> None:
    original = MultiVersionMemory.read

    def read(self: MultiVersionMemory, location: Location, tx_index: int) -> Read:
        return self._last_write(location, tx_index) or original(self, location, tx_index)

    patch.setattr(MultiVersionMemory, "read", read)


@mutant
def publish_nothing_before_the_commit(patch: Patch) -> None:
    patch.setattr(MultiVersionMemory, "publish", lambda self, version, writes: None)


@mutant
def publish_before_the_end(patch: Patch) -> None:
    """Show what a transaction writes when nothing more is asked, and not when its gas is used up."""
    original, views = Core.execute, dict[int, tuple[Any, Version]]()

    def execute(self: Core, tx_index: int, view: Any, kind: str = "execute") -> Any:
        version = Version(tx_index, self.simulation.incarnations[tx_index])
        views[id(self.simulation.block.transactions[tx_index])] = view, version
        return (yield from original(self, tx_index, view, kind))

    def converse(env: Any, tx: Any) -> Any:
        outcome = yield from conversation.conversation(env, tx)
        view, version = views[id(tx)]
        if outcome.result and isinstance(view, SpeculativeView):
            view.memory.publish(version, outcome.result.write_set)
        return outcome

    patch.setattr(Core, "execute", execute)
    patch.setattr(virtual_cores, "conversation", converse)


# Time


def nothing() -> Iterator[Any]:
    yield from ()


@mutant
def warn_nobody(patch: Patch) -> None:
    patch.setattr(_Speculation, "warn_readers", lambda self, core, committed: nothing())


@mutant
def let_nobody_go_who_waits_for_a_commit(patch: Patch) -> None:
    patch.setattr(_Speculation, "release", lambda self, blocker: None)


@mutant
def run_at_once_what_is_doomed(patch: Patch) -> None:
    patch.setattr(_Speculation, "enqueue", lambda self, tx_index, reads=(): optimistic.heappush(self.to_run, tx_index))


@mutant
def forget_where_a_thrown_away_attempt_wrote(patch: Patch) -> None:
    original = _Speculation.enqueue

    def enqueue(self: _Speculation, tx_index: int, reads: Collection[Location] = ()) -> None:
        if reads:
            self.expected.replace(tx_index, ())
        original(self, tx_index, reads)

    patch.setattr(_Speculation, "enqueue", enqueue)


@mutant
def wait_for_the_first_blocker_instead_of_the_last(patch: Patch) -> None:
    """Whoever is let go by the first of many writers runs in vain."""

    def last_writer(self: Any, tx_index: int, reads: Collection[Location]) -> int:
        found = [writer for location in reads for writer in self._writers.get(location, ()) if writer < tx_index]
        return max(min(found, default=-1), self._before[tx_index])

    patch.setattr(ExpectedWrites, "last_writer", last_writer)


@mutant
def never_fall_back(patch: Patch) -> None:
    patch.setattr(adaptive, "depth", lambda results, first: 0.0)


@mutant
def always_fall_back(patch: Patch) -> None:
    patch.setattr(adaptive, "run_stretch", adaptive.run_sequentially)


@mutant
def try_what_anybody_can_see(patch: Patch) -> None:
    patch.setattr(adaptive, "share_of_one_sender", lambda transactions: 0.0)


@mutant
def begin_a_stretch_with_what_is_final(patch: Patch) -> None:
    original = Scheduler.__init__
    patch.setattr(Scheduler, "__init__", lambda self, size, first=0: original(self, size))


@mutant
def speculate_on_one_core(patch: Patch) -> None:
    only_the_first_works(patch, _Speculation, lambda shared: True)


@mutant
def follow_the_plan_on_one_core(patch: Patch) -> None:
    only_the_first_works(patch, GuidedExecution, lambda shared: not shared.plan.lanes)


def only_the_first_works(patch: Patch, kind: Any, where: Callable[[Any], bool]) -> None:
    original = kind.work
    patch.setattr(kind, "work", lambda self, core: nothing() if core.number and where(self) else original(self, core))


@mutant
def dry_runs_are_free(patch: Patch) -> None:
    original = Core.execute

    def execute(self: Core, tx_index: int, view: Any, kind: str = "execute") -> Any:
        costs = self.costs
        self.costs = costs if kind == "execute" else CostModel(*[0] * 8)
        attempt = yield from original(self, tx_index, view, kind)
        self.costs = costs
        return attempt

    patch.setattr(Core, "execute", execute)


@mutant
def start_with_the_shortest_path(patch: Patch) -> None:
    original = access_list_dag.remaining_paths
    patch.setattr(access_list_dag, "remaining_paths", lambda *graph: [-length for length in original(*graph)])


@mutant
def put_all_in_one_lane(patch: Patch) -> None:
    def assign(locks: Any, gas_limits: Any, cores: int) -> guided.Plan:
        return guided.Plan(declared_locks.lock_order(locks), lanes=[0] * len(locks))

    patch.setattr(declared_locks, "assign_lanes", assign)


# What a list says


@mutant
def believe_every_claim(patch: Patch) -> None:
    patch.setattr(Claims, "_settled", lambda self, location, read: self._ledger.view.read(location))


@mutant
def take_no_claim_for_final(patch: Patch) -> None:
    patch.setattr(Claims, "_settled", lambda self, location, read: read)


@mutant
def read_one_s_own_writes_off_the_list(patch: Patch) -> None:
    original = Claims.read
    patch.setattr(Claims, "read", lambda self, location, tx_index: original(self, location, tx_index + 1))
