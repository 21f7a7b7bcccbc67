"""Bugs in one strategy alone: the same kinds as elsewhere, where the others' code does not pass.

They join `MUTANTS` when this module is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tests.backends.mutants import Patch, mutant
from tests.backends.mutants_at_the_edge import ENOUGH, short
from toyevm.access_lists import AccountChanges
from toyevm.backends import hints
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.backends.optimistic import _Speculation
from toyevm.backends.sequential import SequentialBackend
from toyevm.simulation import metrics
from toyevm.simulation.conversation import Conclusion
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.steps import Steps
from toyevm.simulation.virtual_cores import Core, Process
from toyevm.types import Location

# Validation and wakes


def look_again_at(patch: Patch, some: Any) -> None:
    """Let Block-STM validate some of the reads only; the ledger repairs what it misses, and that is told."""
    honest = BlockSTM._find_stale

    def find_stale(self: BlockSTM, tx_index: int) -> Steps[Location | None]:
        version, outcome = whole = self.attempts[tx_index]
        self.attempts[tx_index] = version, Conclusion(some(outcome.reads), outcome.result)
        try:
            return (yield from honest(self, tx_index))
        finally:
            self.attempts[tx_index] = whole

    patch.setattr(BlockSTM, "_find_stale", find_stale)


@mutant
def threads_validate_the_first_reads_only(patch: Patch) -> None:
    look_again_at(patch, lambda reads: dict(list(reads.items())[:ENOUGH]))


@mutant
def threads_validate_one_slot_of_those_with_the_same_tail(patch: Patch) -> None:
    look_again_at(patch, lambda reads: {at: reads[at] for at in {short(at): at for at in reversed(reads)}.values()})


@mutant
def wake_who_waits_for_a_commit_when_it_is_about_to_begin(patch: Patch) -> None:
    """A stale wake in the optimistic strategy: let go at the end of the blocker's run, when nothing is committed."""
    honest = _Speculation.speculate

    def speculate(self: _Speculation, core: Core, tx_index: int) -> Process[None]:
        yield from honest(self, core, tx_index)
        if tx_index in self.attempts:
            for waiting in self.waiting.pop(tx_index, []):
                self.to_run.append(waiting)
            self.to_run.sort()
            self.simulation.announce()

    patch.setattr(_Speculation, "speculate", speculate)


# The oracle on another chain than the others


def sequential_on_another_chain(patch: Patch, **fields: Any) -> None:
    honest = SequentialBackend.execute_block

    def execute_block(self: SequentialBackend, pre: Any, block: Any, config: Any) -> Any:
        return honest(self, pre, block, replace(config, chain=replace(config.chain, **fields)))

    patch.setattr(SequentialBackend, "execute_block", execute_block)


@mutant
def the_oracle_forgets_the_number_of_the_chain(patch: Patch) -> None:
    sequential_on_another_chain(patch, chain_id=1)


@mutant
def the_oracle_forgets_the_precompiles_of_the_chain(patch: Patch) -> None:
    sequential_on_another_chain(patch, extra_precompiles=None)


# What goes into a list


def list_otherwise(patch: Patch, change: Callable[[AccountChanges, Any], AccountChanges]) -> None:
    honest = hints.build

    def build(pre: Any, block: Any, *more: Any) -> tuple[AccountChanges, ...]:
        return tuple(change(account, block) for account in honest(pre, block, *more))

    patch.setattr(hints, "build", build)


@mutant
def forget_the_receiver_in_the_list(patch: Patch) -> None:
    def change(account: AccountChanges, block: Any) -> AccountChanges:
        return account if account.nonce_changes else replace(account, balance_changes=())

    list_otherwise(patch, change)


@mutant
def forget_the_fees_in_the_list(patch: Patch) -> None:
    def change(account: AccountChanges, block: Any) -> AccountChanges:
        is_paid = account.address == block.header.coinbase
        return replace(account, balance_changes=()) if is_paid else account

    list_otherwise(patch, change)


@mutant
def list_the_first_reads_only(patch: Patch) -> None:
    list_otherwise(patch, lambda account, block: replace(account, storage_reads=account.storage_reads[:ENOUGH]))


@mutant
def list_slots_by_half_of_their_keys(patch: Patch) -> None:
    def change(account: AccountChanges, block: Any) -> AccountChanges:
        by_tail = {key % 2**64: changes for key, changes in account.storage_changes}
        return replace(account, storage_changes=tuple(sorted(by_tail.items())))

    list_otherwise(patch, change)


# Metrics


def count_some_time(patch: Patch, counts: Callable[[TaskSpan], bool]) -> None:
    def busy_time(spans: Iterable[TaskSpan]) -> int:
        return sum(span.duration for span in spans if counts(span))

    patch.setattr(metrics, "busy_time", busy_time)


@mutant
def count_no_time_of_who_fails(patch: Patch) -> None:
    count_some_time(patch, lambda span: not span.aborted)


@mutant
def count_no_time_of_checks(patch: Patch) -> None:
    count_some_time(patch, lambda span: span.kind != "validate")
