"""The access list of a block: replay what its steps have read and written, and note it.

A step is everything that shares an index: the system calls before the transactions, one transaction with what it pays
the fee recipient, everything after the last one. What counts is what a step leaves behind: a value that is in the end
as it was when the step began is no change, however often it was written in between, and a slot of that kind is a read.

An account is in the list if anything about it was looked at, by whomever: also in a call that failed, for those have
seen what they saw. Most of it the read sets have. What reads nothing is in `TxResult.accessed`: a precompile that is
called, and the heir of an account that destroys itself and leaves nothing. What is only warm, as by an access list of
EIP-2930 or as the target of a new delegation, was not looked at; nor was the address that system calls come from.

Limits: STORAGE, "has this account any storage?", has no place in a list. Since Cancun nothing clears a storage but what
may as well never have happened (see `state`); before it, a clearing is noted as zeros in the slots that were looked at
until then. A precompile that a *system* contract calls by DELEGATECALL, or in a call that fails, is not noticed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from toyevm.access_lists.values import Accesses, BlockAccessList, Change, gather
from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.results import TxResult
from toyevm.state import STORAGE, BlockView, StateDiff, StateView, WorldState
from toyevm.system import begin_block, end_block
from toyevm.types import Address, Location, Read, Value, Version


class Recorder(BlockView):
    """A block in progress that notes what is looked at, and what each step leaves behind."""

    def __init__(self, base: StateView) -> None:
        super().__init__(base)
        self.accounts: set[Address] = set()
        self.slots: set[Location] = set()
        self.changes: defaultdict[Location, list[Change]] = defaultdict(list)
        self._before: dict[Location, Value] = {}  # what was there when the step began

    @property
    def accesses(self) -> Accesses:
        """What the steps so far come to."""
        changes = {location: tuple(found) for location, found in self.changes.items()}
        return Accesses(frozenset(self.accounts), frozenset(self.slots - changes.keys()), changes)

    def read(self, location: Location) -> Read:
        """Answer, and note that somebody asked."""
        read = super().read(location)
        if location not in self._before:
            self._before[location] = read.value
            self.accounts.add(location.address)
            if location.is_slot:
                self.slots.add(location)
        return read

    def commit(self, version: Version, diff: StateDiff) -> None:
        """Note what was there, and let the following reads see `diff`."""
        for location in diff.writes:
            self.read(location)
            if location.key == STORAGE:
                self._read_known_slots(location.address)
        self.accounts |= diff.touched
        super().commit(version, diff)

    def run(self, tx_index: int, result: TxResult, fee_recipient: Address) -> None:
        """Note a transaction that has been executed on the state as it is here."""
        for location in result.read_set:
            self.read(location)
        self.accounts |= result.accessed
        self.commit(Version(tx_index), result.diff)
        self.pay(Version(tx_index), fee_recipient, result.fee)
        self.end_step(tx_index + 1)

    def end_step(self, index: int) -> None:
        """Note what is not as it was when the step began."""
        for location, before in self._before.items():
            value = super().read(location).value
            if value != before and location.key != STORAGE:
                self.changes[location].append(Change(index, value))
        self._before.clear()

    def _read_known_slots(self, address: Address) -> None:
        for slot in [slot for slot in self.slots if slot.address == address]:
            self.read(slot)


def record(pre: WorldState, block: Block, chain: ChainConfig, results: Sequence[TxResult]) -> Accesses:
    """Return what a block accesses whose transactions came to these results."""
    env, recorder = chain.env(block), Recorder(pre)
    begin_block(recorder, env, block)
    recorder.end_step(0)
    for tx_index, result in enumerate(results):
        recorder.run(tx_index, result, env.coinbase)
    end_block(recorder, env, block, results)
    recorder.end_step(len(results) + 1)
    return recorder.accesses


def build(pre: WorldState, block: Block, chain: ChainConfig, results: Sequence[TxResult]) -> BlockAccessList:
    """Return the access list of a block, as its producer makes it, who has executed it with these results."""
    return gather(record(pre, block, chain, results))
