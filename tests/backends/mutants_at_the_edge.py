"""More bugs on purpose: those that only edges, schedules worked out by hand, or the invariants of a run can show.

They join `MUTANTS` when this module is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.backends.mutants import Patch, forget_reads, mutant
from toyevm.backends import access_list_dag, block_access_list, declared_locks, hints
from toyevm.backends.block_stm.scheduler import Scheduler
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.backends.declared_locks import assign_lanes
from toyevm.backends.guided import GuidedExecution
from toyevm.backends.hints import Hints, Locks
from toyevm.results import TxResult
from toyevm.simulation import follow as following
from toyevm.simulation import ledger
from toyevm.simulation.conversation import Conclusion
from toyevm.simulation.costs import CostModel
from toyevm.simulation.ledger import Ledger
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.steps import Action, Steps
from toyevm.simulation.virtual_cores import Core, Incarnation, Process, Simulation
from toyevm.system import BlockRoom
from toyevm.types import Field, Location, Read, Version
from toyevm.vm.frame import BlockEnv

# The end of the block


def lose_requests(patch: Patch, kind: int) -> None:
    original = ledger.end_block

    def end_block(view: Any, env: Any, block: Any, results: Any) -> tuple[bytes, ...]:
        return tuple(request for request in original(view, env, block, results) if request[0] != kind)

    patch.setattr(ledger, "end_block", end_block)


@mutant
def lose_the_deposits(patch: Patch) -> None:
    lose_requests(patch, 0)


@mutant
def lose_the_withdrawal_requests(patch: Patch) -> None:
    lose_requests(patch, 1)


@mutant
def lose_the_consolidations(patch: Patch) -> None:
    lose_requests(patch, 2)


@mutant
def take_deposits_from_the_first_transaction_only(patch: Patch) -> None:
    original = ledger.end_block
    patch.setattr(ledger, "end_block", lambda view, env, block, results: original(view, env, block, results[:1]))


@mutant
def ask_the_queues_before_the_last_is_final(patch: Patch) -> None:
    """The requests are those of the state before the block's last transaction."""
    original = Ledger.commit

    def commit(self: Ledger, version: Version, outcome: Conclusion) -> None:
        if self.head == len(self.block.transactions) - 1:
            self.early = ledger.end_block(self.view, self.env, self.block, self.results)  # type: ignore[attr-defined]
        original(self, version, outcome)

    patch.setattr(Ledger, "commit", commit)
    patch.setattr(Ledger, "close", lambda self: getattr(self, "early", ()))


@mutant
def pay_no_withdrawals(patch: Patch) -> None:
    original = ledger.end_block

    def end_block(view: Any, env: Any, block: Any, results: Any) -> tuple[bytes, ...]:
        return original(view, env, replace(block, withdrawals=()), results)

    patch.setattr(ledger, "end_block", end_block)


# Room: these are faults of the sequential backend as well


def room(patch: Patch, gas: Callable[[Any, TxResult], int], blobs: Callable[[Any, TxResult], int]) -> None:
    def use(self: BlockRoom, tx: Any, result: TxResult) -> None:
        self.gas -= gas(tx, result)
        self.blob_gas -= 2**17 * blobs(tx, result)

    patch.setattr(BlockRoom, "use", use)


def _gas(tx: Any, result: TxResult) -> int:
    return result.gas_used


def _blobs(tx: Any, result: TxResult) -> int:
    return len(tx.blob_hashes)


@mutant
def count_gas_before_refunds(patch: Patch) -> None:
    room(patch, lambda tx, result: result.gas_used + result.gas_refunded, _blobs)


@mutant
def count_gas_that_was_not_used(patch: Patch) -> None:
    room(patch, lambda tx, result: tx.gas_limit, _blobs)


@mutant
def count_no_gas_of_who_fails(patch: Patch) -> None:
    room(patch, lambda tx, result: result.gas_used if result.succeeded else 0, _blobs)


@mutant
def count_all_gas_of_who_fails(patch: Patch) -> None:
    room(patch, lambda tx, result: result.gas_used if result.succeeded else tx.gas_limit, _blobs)


@mutant
def count_no_blobs_of_who_fails(patch: Patch) -> None:
    room(patch, _gas, lambda tx, result: len(tx.blob_hashes) * result.succeeded)


@mutant
def count_no_blobs(patch: Patch) -> None:
    room(patch, _gas, lambda tx, result: 0)


@mutant
def leave_no_room_for_the_last_unit(patch: Patch) -> None:
    original = BlockRoom.__init__

    def begin(self: BlockRoom, env: BlockEnv) -> None:
        original(self, env)
        self.gas -= 1

    patch.setattr(BlockRoom, "__init__", begin)


# The chain


def on_another_chain(patch: Patch, **fields: Any) -> None:
    original = Simulation.__init__

    def begin(self: Simulation, pre: Any, block: Any, chain: Any, *more: Any, **named: Any) -> None:
        original(self, pre, block, replace(chain, **fields), *more, **named)

    patch.setattr(Simulation, "__init__", begin)


@mutant
def forget_the_number_of_the_chain(patch: Patch) -> None:
    on_another_chain(patch, chain_id=1)


@mutant
def forget_the_precompiles_of_the_chain(patch: Patch) -> None:
    on_another_chain(patch, extra_precompiles=None)


# Locations

ENOUGH = 32


@mutant
def validate_the_first_reads_only(patch: Patch) -> None:
    forget_reads(patch, lambda self, outcome, location: location not in list(outcome.reads)[:ENOUGH])


@mutant
def claim_the_first_reads_only(patch: Patch) -> None:
    """Of an outcome by a list, the reads after the first 32 are taken for final."""
    original = block_access_list.Claims.settle

    def settle(self: Any, outcome: Conclusion) -> Conclusion:
        some = original(self, outcome)
        late = list(outcome.reads)[ENOUGH:]
        final = some.reads | {location: self._ledger.view.read(location) for location in late}
        return replace(some, reads=final, result=some.result and replace(some.result, read_set=final))

    patch.setattr(block_access_list.Claims, "settle", settle)


def short(location: Location) -> Location:
    return Location(location.address, location.key % 2**64) if location.is_slot else location


@mutant
def publish_slots_by_half_of_their_keys(patch: Patch) -> None:
    read, put = MultiVersionMemory.read, MultiVersionMemory.put

    def write(self: MultiVersionMemory, tx_index: int, location: Location, entry: Any) -> None:
        put(self, tx_index, location, entry)
        if short(location) != location:
            put(self, tx_index, short(location), entry)

    def look(self: MultiVersionMemory, location: Location, tx_index: int) -> Read:
        return read(self, short(location) if self._writers.get(short(location)) else location, tx_index)

    patch.setattr(MultiVersionMemory, "put", write)
    patch.setattr(MultiVersionMemory, "read", look)


@mutant
def validate_slots_by_half_of_their_keys(patch: Patch) -> None:
    """Whoever has read a slot is valid if any slot with the same tail has not changed."""

    def find_stale(self: Ledger, outcome: Conclusion) -> Location | None:
        by_tail = {short(location): location for location in reversed(outcome.reads)}
        for location in by_tail.values():
            if self.view.read(location) != outcome.reads[location]:
                return location
        return None

    patch.setattr(Ledger, "find_stale", find_stale)


@mutant
def look_slots_up_in_a_list_by_half_of_their_keys(patch: Patch) -> None:
    original = block_access_list.Claims.__init__

    def begin(self: Any, changes: Mapping[Location, Any], ledger: Ledger) -> None:
        tails = {short(location): found for location, found in changes.items()}
        original(self, {location: tails[short(location)] for location in changes}, ledger)

    patch.setattr(block_access_list.Claims, "__init__", begin)
    patch.setattr(block_access_list.Claims, "_settled", lambda self, location, read: self._ledger.view.read(location))


# Wakes


@mutant
def finish_and_wake_nobody(patch: Patch) -> None:
    silently(patch, GuidedExecution, "finish")


@mutant
def commit_and_wake_nobody(patch: Patch) -> None:
    def commit(self: GuidedExecution, core: Core) -> Process[None]:
        self.is_committing = True
        while attempt := self.attempts.pop(self.ledger.head, None):
            if not (yield from core.validate(attempt)):
                self.memory.withdraw(attempt.tx_index)
                attempt = yield from core.execute(attempt.tx_index, self.ledger.view)
            yield from core.commit(attempt)
            self.memory.withdraw(attempt.tx_index)
        self.is_committing = False

    patch.setattr(GuidedExecution, "commit", commit)


def silently(patch: Patch, kind: Any, name: str) -> None:
    """Let a method do what it does, without telling those who wait."""
    original = getattr(kind, name)

    def quiet(self: Any, *arguments: Any) -> Any:
        announce, self.simulation.announce = self.simulation.announce, lambda: None
        try:
            return original(self, *arguments)
        finally:
            self.simulation.announce = announce

    patch.setattr(kind, name, quiet)


@mutant
def threads_are_not_told_of_work(patch: Patch) -> None:
    patch.setattr(following, "_NEWS", (Action.FINISH,))


@mutant
def threads_are_not_told_of_the_end(patch: Patch) -> None:
    patch.setattr(following, "_NEWS", (Action.LOWER,))


@mutant
def wake_before_there_is_anything_to_read(patch: Patch) -> None:
    """A stale wake: who waited for a transaction begins one moment after that has begun, and reads what was before."""
    original = Core.execute

    def execute(self: Core, tx_index: int, view: Any, kind: str = "execute") -> Any:
        guided = getattr(view, "memory", None) and self.simulation.guided  # type: ignore[attr-defined]
        if guided:
            self.simulation.clock.process(let_go(guided, tx_index))
        return (yield from original(self, tx_index, view, kind))

    def let_go(guided: GuidedExecution, tx_index: int) -> Iterator[Any]:
        yield guided.simulation.clock.timeout(1)
        for after in guided.successors[tx_index]:
            guided.waits_for[after].discard(tx_index)
            if not guided.waits_for[after]:
                guided._enqueue(after)
        guided.successors[tx_index] = []
        guided.simulation.announce()

    begin = GuidedExecution.__init__

    def remember(self: GuidedExecution, simulation: Simulation, plan: Any) -> None:
        begin(self, simulation, plan)
        simulation.guided = self  # type: ignore[attr-defined]

    patch.setattr(GuidedExecution, "__init__", remember)
    patch.setattr(Core, "execute", execute)


@mutant
def wake_threads_before_there_is_anything_to_read(patch: Patch) -> None:
    """The same in Block-STM: those on one's list are let go before one's writes are visible."""
    original = BlockSTM._record

    def record(self: BlockSTM, version: Version, outcome: Conclusion, paid: Read | None) -> Steps[bool]:
        scheduler, tx_index = self.scheduler, version.tx_index
        waiting, scheduler.dependents[tx_index] = scheduler.dependents[tx_index], set()
        yield from scheduler._resume(waiting)
        return (yield from original(self, version, outcome, paid))

    patch.setattr(BlockSTM, "_record", record)


# Aborts


@mutant
def withdraw_nothing_after_an_abort(patch: Patch) -> None:
    original = Core.validate

    def validate(self: Core, attempt: Incarnation) -> Process[bool]:
        is_valid = yield from original(self, attempt)
        if not is_valid:
            patch.setattr(MultiVersionMemory, "withdraw", keep_once(attempt.tx_index))
        return is_valid

    honest = MultiVersionMemory.withdraw

    def keep_once(kept: int) -> Callable[[MultiVersionMemory, int], None]:
        def withdraw(self: MultiVersionMemory, tx_index: int) -> None:
            patch.setattr(MultiVersionMemory, "withdraw", honest)
            if tx_index != kept:
                honest(self, tx_index)

        return withdraw

    patch.setattr(Core, "validate", validate)


@mutant
def suspect_nothing_after_an_abort(patch: Patch) -> None:
    """Block-STM without estimates: what an aborted transaction wrote stays there to be read."""
    patch.setattr(MultiVersionMemory, "suspect", lambda self, tx_index, location: None)


@mutant
def remove_instead_of_suspecting(patch: Patch) -> None:
    """Block-STM without estimates: what an aborted transaction wrote is gone, and nobody is warned."""
    patch.setattr(MultiVersionMemory, "suspect", MultiVersionMemory.remove)


@mutant
def look_again_at_nobody_above_a_new_location(patch: Patch) -> None:
    original = Scheduler.finish_execution
    patch.setattr(Scheduler, "finish_execution", lambda self, task, wrote_new: original(self, task, False))


@mutant
def look_again_at_everybody(patch: Patch) -> None:
    """It costs time only: every execution counts as one that wrote somewhere new."""
    original = Scheduler.finish_execution
    patch.setattr(Scheduler, "finish_execution", lambda self, task, wrote_new: original(self, task, True))


# Hints


def change_locks(patch: Patch, change: Callable[[Locks, TxResult], Locks]) -> None:
    original = hints.hints_of

    def hints_of(results: Sequence[TxResult], *more: Any, **named: Any) -> Hints:
        honest = original(results, *more, **named)
        locks = tuple(change(one, result) for one, result in zip(honest.locks or (), results, strict=True))
        return replace(honest, locks=locks)

    patch.setattr(hints, "hints_of", hints_of)
    patch.setattr(declared_locks, "hints_of", hints_of)


@mutant
def forget_the_receiver_in_the_locks(patch: Patch) -> None:
    def change(locks: Locks, result: TxResult) -> Locks:
        senders = {at.address for at in locks.writes if at.key == Field.NONCE}
        mine = frozenset(at for at in locks.writes if at.key != Field.BALANCE or at.address in senders)
        return Locks(locks.reads - locks.writes, mine)

    change_locks(patch, change)


@mutant
def forget_the_receiver_of_a_payment(patch: Patch) -> None:
    original = access_list_dag.locks_of
    patch.setattr(access_list_dag, "locks_of", lambda tx, listed: original(replace(tx, to=None), listed))


@mutant
def forget_the_sender_of_a_payment(patch: Patch) -> None:
    def locks_of(tx: Any, access_list: Any) -> Locks:
        places = {Location(address, slot) for address, slots in access_list for slot in slots}
        return Locks(writes=frozenset(places | {Location(tx.to or tx.sender, Field.BALANCE)}))

    patch.setattr(access_list_dag, "locks_of", locks_of)


@mutant
def forget_the_fees_in_the_edges(patch: Patch) -> None:
    original = hints.hints_of
    patch.setattr(hints, "hints_of", lambda results, fee_recipient=None: original(results))


@mutant
def forget_what_the_fees_tell(patch: Patch) -> None:
    """How long a transaction takes is guessed from its limit."""

    def longest_first(claims: Any, ledger: Ledger, transactions: Sequence[Any]) -> list[tuple[int, int]]:
        return sorted((-tx.gas_limit, tx_index) for tx_index, tx in enumerate(transactions))

    patch.setattr(block_access_list, "longest_first", longest_first)


@mutant
def start_with_the_shortest(patch: Patch) -> None:
    original = block_access_list.longest_first

    def shortest_first(*arguments: Any) -> list[tuple[int, int]]:
        return sorted((-length, tx_index) for length, tx_index in original(*arguments))

    patch.setattr(block_access_list, "longest_first", shortest_first)


@mutant
def fill_lanes_by_number(patch: Patch) -> None:
    """A lane is as full as it has transactions, however long they are."""

    def assign(locks: Any, gas_limits: Sequence[int], cores: int) -> Any:
        return assign_lanes(locks, [1] * len(gas_limits), cores)

    patch.setattr(declared_locks, "assign_lanes", assign)


# Counting


def contend(patch: Patch, factor: Callable[[Simulation], int]) -> None:
    def stretch(self: Simulation, time: int) -> int:
        time += time * self.costs.contention * factor(self) // 1000
        return time + (time * self._random.randint(0, self.costs.jitter) // 100 if self._random else 0)

    patch.setattr(Simulation, "stretch", stretch)


@mutant
def count_oneself_as_contention(patch: Patch) -> None:
    contend(patch, lambda simulation: len(simulation.cores))


@mutant
def count_no_contention(patch: Patch) -> None:
    contend(patch, lambda simulation: 0)


@mutant
def count_the_contention_of_one_other_core(patch: Patch) -> None:
    contend(patch, lambda simulation: min(1, len(simulation.cores) - 1))


@mutant
def give_refunds_back_in_time(patch: Patch) -> None:
    """What was refunded was worked for all the same."""

    def gas(self: Conclusion) -> int:
        return self.result.gas_used if self.result else 0

    patch.setattr(Conclusion, "gas", property(gas))


@mutant
def skip_a_number_after_each_attempt(patch: Patch) -> None:
    original = Core.execute

    def execute(self: Core, tx_index: int, view: Any, kind: str = "execute") -> Any:
        self.simulation.incarnations[tx_index] += kind == "execute" and self.simulation.incarnations[tx_index] > 0
        return (yield from original(self, tx_index, view, kind))

    patch.setattr(Core, "execute", execute)


@mutant
def note_all_on_the_first_core(patch: Patch) -> None:
    original = Core.note

    def note(self: Core, *arguments: Any, **named: Any) -> int:
        number, self.number = self.number, 0
        try:
            return original(self, *arguments, **named)
        finally:
            self.number = number

    patch.setattr(Core, "note", note)


@mutant
def forget_a_look_at_a_location(patch: Patch) -> None:
    original = CostModel.running
    patch.setattr(CostModel, "running", lambda self, gas, reads: original(self, gas, 0))
