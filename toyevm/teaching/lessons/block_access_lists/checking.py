"""Check a list as a validator does: each transaction alone, on what the list says it finds.

No transaction waits for another one. Transaction j finds the last change whose index is at most j, or else the state
before the block; its writes must be what the list says at index j + 1. If every transaction passes, then by induction
each has found the truth. What was looked at is compared at the end, all together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from toyevm.access_lists import BlockAccessList, Lie, encode, flatten
from toyevm.access_lists.lies import InvalidAccessList
from toyevm.access_lists.values import Accesses
from toyevm.backends import Hints, RunConfig
from toyevm.backends.block_access_list import verify_access_list
from toyevm.errors import InvalidBlock, InvalidTransaction
from toyevm.state import BlockView, StateView
from toyevm.system import begin_block
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import BEFORE_BLOCK, Field, Hash32, Location, Read, Value, Version
from toyevm.workloads.workload import Workload

PARENT = -1  # in place of an index: the state before the block
_index_of = attrgetter("at")


class ListedState:
    """The state that one transaction finds, if the list is right; it remembers what was asked."""

    def __init__(self, base: StateView, accesses: Accesses, tx_index: int) -> None:
        self._base, self._accesses, self._tx_index = base, accesses, tx_index
        self.found: dict[Location, tuple[int, Value]] = {}  # the index it is from, and the value

    def read(self, location: Location) -> Read:
        """Return the last change with an index of at most `tx_index`, or what the base has."""
        changes = self._accesses.changes.get(location, ())
        place = bisect_right(changes, self._tx_index, key=_index_of)
        read = Read(Version(changes[place - 1].at - 1, 0), changes[place - 1].value) if place else None
        read = read or Read(BEFORE_BLOCK, self._base.read(location).value)
        self.found.setdefault(location, (changes[place - 1].at if place else PARENT, read.value))
        return read


@dataclass(frozen=True)
class CheckedAlone:
    """One transaction that ran alone: what it found, what it left, and what the list says that it leaves."""

    tx_index: int
    found: Mapping[Location, tuple[int, Value]]
    left: Mapping[Location, Value]
    listed: Mapping[Location, Value]
    refusal: str = ""  # why it cannot be in the block, if what the list says is true

    @property
    def passes(self) -> bool:
        return not self.refusal and self.left == self.listed


def check_alone(workload: Workload, accesses: BlockAccessList, tx_index: int) -> CheckedAlone:
    """Run one transaction on what a list says that it finds, and compare what it leaves."""
    env, facts = workload.chain.env(workload.block), flatten(accesses)
    base = BlockView(workload.pre)
    begin_block(base, env, workload.block)
    view = ListedState(base, facts, tx_index)
    listed = {
        location: change.value
        for location, changes in facts.changes.items()
        for change in changes
        if change.at == tx_index + 1
    }
    try:
        result = execute_transaction(view, env, check_transaction(view, env, workload.block.transactions[tx_index]))
    except InvalidTransaction as error:
        return CheckedAlone(tx_index, view.found, {}, listed, str(error))
    left = dict(result.write_set)
    if result.fee:
        fees = Location(env.coinbase, Field.BALANCE)
        before = left.get(fees, view.read(fees).value)
        assert isinstance(before, int)
        left[fees] = before + result.fee
    return CheckedAlone(tx_index, view.found, left, listed)


def check_all(workload: Workload, accesses: BlockAccessList) -> list[CheckedAlone]:
    """Run every transaction alone; in a machine, all at once."""
    return [check_alone(workload, accesses, tx_index) for tx_index in range(len(workload.block.transactions))]


def lie_in(workload: Workload, accesses: BlockAccessList, expected_hash: Hash32 | None = None) -> Lie | None:
    """Return the first lie in a list, as the verifier of the library names it; None if the list is true."""
    config = RunConfig(workload.chain, hints=Hints(block_access_list=encode(accesses)))
    try:
        verify_access_list(workload.pre, workload.block, config, expected_hash)
    except InvalidAccessList as error:
        return error.lie
    except InvalidBlock as error:  # nothing of the lesson does this: the block itself is right
        raise AssertionError("the block is not valid") from error
    return None
