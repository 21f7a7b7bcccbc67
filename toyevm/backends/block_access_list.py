"""Read off a list what earlier transactions will have written, and wait for nobody.

The list beside the block (EIP-7928) names every place that it looks at, and every value that it leaves there, with the
number of the transaction that does. So all of it can be fetched beforehand, transaction j finds what it needs in the
last change before j, or else in the state before the block, and all run at once: the longest first, which leaves the
shortest gaps at the end. How long one takes, the list tells too: it paid the fee recipient its gas times its tip.

A value from the list has a version of its own, CLAIMED, which is final for nobody. In the order of the block each
outcome is settled: where the value it was told is the one that is final now, it gets the final version. Then it is
validated and committed like any other; one that was told a lie is not valid, and runs again on what is final. What a
transaction really wrote is compared with what the list said it would, and false claims are struck out. So a list may
lie as it likes: it costs time, and every lie is named in the run. A validator who has to refuse a block for its list
calls `verify_access_list`, which also gives up as soon as the gas that is left cannot pay for the slots that the list
says are still to be read.

Known limits: somebody must have executed the block to make the list, and the block grows by it (some 70 KiB at 60
million gas). Without a list, a dry run on the state before the block makes one, which is wrong wherever transactions
need each other, and doubles the work. Commits are in order, and the state root comes after all of it: that part is as
serial as before. The usual lower bound of a run does not hold: a chain of transactions takes no longer than the rest.

Source: EIP-7928 as of 2026-07-09; Graham 1969 for the longest first. To compare with: Reth on 16 threads, 4.0x on usual
blocks and some 10x on blocks of a gigagas (2026).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop
from operator import attrgetter

from toyevm.access_lists.codec import MalformedAccessList, decode
from toyevm.access_lists.lies import InvalidAccessList, Lie, LieKind, find_lies
from toyevm.access_lists.recorder import Recorder, record
from toyevm.access_lists.values import ITEM_COST, Accesses, Changes, count_items, flatten
from toyevm.backends.base import Kind, Repeats, RunConfig
from toyevm.backends.simulated import simulation_of
from toyevm.blocks import Block
from toyevm.crypto import keccak256
from toyevm.simulation.conversation import Conclusion
from toyevm.simulation.ledger import Ledger
from toyevm.simulation.multiversion import as_number
from toyevm.simulation.run import Run
from toyevm.simulation.virtual_cores import Core, Incarnation, Process, Simulation
from toyevm.state import WorldState
from toyevm.system import BEACON_ROOTS, BLOCK_HASH_HISTORY, REQUEST_QUEUES
from toyevm.transactions import Transaction
from toyevm.types import Field, Hash32, Location, Read, Value, Version

READ_FOR_NOTHING = {BEACON_ROOTS, BLOCK_HASH_HISTORY, *REQUEST_QUEUES}  # system calls pay no gas
CLAIMED = -2  # in place of an incarnation: a value that a list says this transaction leaves
_index_of = attrgetter("at")


@dataclass(frozen=True)
class ListedRun(Run):
    """A run by a list: what of it was not so."""

    lies: tuple[Lie, ...] = ()


class Claims:
    """What a list says each location holds before each transaction; what is final where the list says nothing."""

    def __init__(self, changes: Mapping[Location, Changes], ledger: Ledger) -> None:
        self._ledger = ledger  # which has made the system calls, so that index 0 need not be claimed
        self._changes = {location: [each for each in found if each.at] for location, found in changes.items()}
        self._written: defaultdict[int, set[Location]] = defaultdict(set)  # by each transaction
        for location, found in self._changes.items():
            for change in found:
                self._written[change.at - 1].add(location)

    def read(self, location: Location, tx_index: int) -> Read:
        """Return what transaction `tx_index` finds at a location if the list is right."""
        changes = self._changes.get(location, [])
        place = bisect_right(changes, tx_index, key=_index_of)  # transaction j has index j + 1
        if not place:
            return self._ledger.view.read(location)
        at, value = changes[place - 1]
        return Read(Version(at - 1, CLAIMED), value)

    def settle(self, outcome: Conclusion) -> Conclusion:
        """Return the outcome of the head with the final versions of what it was told rightly."""
        reads = {location: self._settled(location, read) for location, read in outcome.reads.items()}
        result = outcome.result and replace(outcome.result, read_set=reads)
        return replace(outcome, reads=reads, result=result)

    def _settled(self, location: Location, read: Read) -> Read:
        final = self._ledger.view.read(location)
        return final if final.value == read.value else read

    def confront(self, tx_index: int, written: Collection[Location]) -> None:
        """Compare what the list said of a transaction, which is final now, with what it wrote."""
        for location in self._written[tx_index].union(written):
            if location in self._changes and self.read(location, tx_index + 1).value != self._final(location):
                left = [each for each in self._changes[location] if each.at > tx_index + 1]
                self._changes[location] = left  # up to here, what is final is known

    def _final(self, location: Location) -> Value:
        return self._ledger.view.read(location).value


@dataclass(frozen=True)
class ClaimedView:
    """What one transaction sees through the list."""

    claims: Claims
    tx_index: int

    def read(self, location: Location) -> Read:
        return self.claims.read(location, self.tx_index)


class ListedExecution:
    """A block that is executed by a list."""

    def __init__(self, simulation: Simulation, claimed: Accesses | None, is_strict: bool) -> None:
        self.simulation, self.ledger = simulation, simulation.ledger
        self.is_strict = is_strict
        self.claimed = claimed
        self.attempts: dict[int, Incarnation] = {}
        self.foreseen: set[tuple[int, Location]] = set()
        self.is_committing = False
        reads = claimed.reads if claimed else ()
        self.unread = {each for each in reads if each.address not in READ_FOR_NOTHING}
        self.gas_left = self.ledger.env.gas_limit
        self.lie: Lie | None = None

    def run(self) -> Process[None]:
        if self.claimed:
            prefetch(self.simulation, self.claimed)
        changes = self.claimed.changes if self.claimed else (yield from guess_changes(self.simulation))
        self.claims = Claims(changes, self.ledger)
        self.ready = longest_first(self.claims, self.ledger, self.simulation.block.transactions)
        yield from self.simulation.on_every_core(self.work)

    def work(self, core: Core) -> Process[None]:
        """Do whatever there is to do, until the block is complete."""
        while not self.ledger.is_complete:
            if self.ledger.head in self.attempts and not self.is_committing:
                yield from self.commit(core)
            elif self.ready:
                _, tx_index = heappop(self.ready)
                self.attempts[tx_index] = yield from core.execute(tx_index, ClaimedView(self.claims, tx_index))
                self.simulation.announce()
            else:
                yield self.simulation.news()

    def commit(self, core: Core) -> Process[None]:
        """Commit as many attempts as are ready, and repair those that a lie has led astray; one core at a time."""
        self.is_committing = True
        while attempt := self.attempts.pop(self.ledger.head, None):
            guess, attempt = attempt.outcome, replace(attempt, outcome=self.claims.settle(attempt.outcome))
            if (yield from core.validate(attempt)):
                reads = attempt.outcome.reads.items()
                self.foreseen |= {(attempt.tx_index, place) for place, read in reads if read != guess.reads[place]}
            else:
                attempt = yield from core.execute(attempt.tx_index, self.ledger.view)
            yield from core.commit(attempt)
            result = self.ledger.results[attempt.tx_index]
            fees = [self.ledger.fees] if result.fee else []
            self.claims.confront(attempt.tx_index, [*result.write_set, *fees])
            yield from self.check_gas(attempt)
        self.is_committing = False
        self.simulation.announce()

    def check_gas(self, committed: Incarnation) -> Process[None]:
        """Find out early that the list names more slots than can still be read."""
        self.gas_left -= self.ledger.results[committed.tx_index].gas_used
        self.unread.difference_update(committed.outcome.reads)
        if self.lie is None and self.gas_left < ITEM_COST * len(self.unread):
            self.lie = Lie(LieKind.UNAFFORDABLE_READS, f"{len(self.unread)} slots", committed.tx_index + 1)
            if self.is_strict:
                yield self.simulation.give_up(InvalidAccessList(self.lie))


def prefetch(simulation: Simulation, accesses: Accesses) -> None:
    """Send for everything that the list names, all at once, before anybody asks for it."""
    fields = {Location(address, field) for address in accesses.accounts for field in Field}
    arrival = simulation.stretch(simulation.costs.fetch)
    simulation.arrivals |= dict.fromkeys(fields | accesses.reads | accesses.changes.keys(), arrival)


def longest_first(claims: Claims, ledger: Ledger, transactions: Sequence[Transaction]) -> list[tuple[int, int]]:
    """Return a heap of all transactions; how long each takes can be told from what it pays the fee recipient."""

    def estimate(tx_index: int, tx: Transaction) -> int:
        tip = min(tx.priority_fee_cap, tx.max_fee_per_gas - ledger.env.base_fee_per_gas)
        before, after = (as_number(claims.read(ledger.fees, index).value) for index in (tx_index, tx_index + 1))
        gas = (after - before) // tip if tip > 0 else 0
        return gas if 0 < gas <= tx.gas_limit else tx.gas_limit

    heap = [(-estimate(tx_index, tx), tx_index) for tx_index, tx in enumerate(transactions)]
    heapify(heap)
    return heap


def guess_changes(simulation: Simulation) -> Process[Mapping[Location, Changes]]:
    """Find out what the transactions might change: run each of them on the state before the block."""
    recorder = Recorder(simulation.ledger.view)
    for attempt in (yield from simulation.speculate_on_all("dry run")):
        if attempt.outcome.result:
            recorder.run(attempt.tx_index, attempt.outcome.result, simulation.ledger.env.coinbase)
    return recorder.accesses.changes


def read_list(block: Block, encoded: bytes) -> Accesses:
    """Return what a list says.

    Raises:
        InvalidAccessList: it is not well-formed, or larger than the block's gas limit allows.
    """
    try:
        accesses = decode(encoded, len(block.transactions))
    except MalformedAccessList as error:
        raise InvalidAccessList(error.lie) from error
    most, items = block.header.gas_limit // ITEM_COST, count_items(accesses)
    if items > most:
        raise InvalidAccessList(Lie(LieKind.OVERSIZED, f"{items} addresses and slots, {most} are allowed"))
    return flatten(accesses)


class BlockAccessListBackend:
    """The backend; a list that is of no use is named, and the block executed without it."""

    name = "block_access_list"
    kind: Kind = "parallel"
    summary = "no waiting: earlier writes are read off a list, which is verified; the longest first"
    hint_kind: str | None = "block_access_list"
    repeats: Repeats = "any"  # without a list, or by one that lies

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> ListedRun:
        """Execute `block` on `pre`; see `Backend.execute_block`."""
        encoded = config.hints.block_access_list if config.hints else None
        if encoded is None:
            return _execute(pre, block, config, None)
        try:
            claimed = read_list(block, encoded)
        except InvalidAccessList as error:
            return replace(_execute(pre, block, config, None), lies=(error.lie,))
        return _execute(pre, block, config, claimed)


def _execute(
    pre: WorldState, block: Block, config: RunConfig, claimed: Accesses | None, is_strict: bool = False
) -> ListedRun:
    """Execute a block by what a list says, if there is one; with `is_strict`, reject early."""
    simulation = simulation_of(pre, block, config)
    execution = ListedExecution(simulation, claimed, is_strict)
    run = simulation.run(execution.run())
    lies = [execution.lie] if execution.lie and claimed else []
    if claimed is not None:
        lies += find_lies(claimed, record(pre, block, config.chain, run.result.results))
    return ListedRun(**vars(run) | {"foreseen": frozenset(execution.foreseen)}, lies=tuple(lies))


def verify_access_list(
    pre: WorldState, block: Block, config: RunConfig, expected_hash: Hash32 | None = None
) -> ListedRun:
    """Execute a block by the list in the hints, as a validator does, and refuse it if the list lies.

    Args:
        expected_hash: what the header commits to; header fields of a fork to come are not in `Header`.

    Raises:
        InvalidAccessList: with the first lie; it is an InvalidBlock, as is what is wrong with the block itself.
    """
    encoded = config.hints.block_access_list if config.hints else None
    if encoded is None:
        raise InvalidAccessList(Lie(LieKind.MALFORMED, "no list"))
    claimed = read_list(block, encoded)
    if expected_hash is not None and (found := keccak256(encoded)) != expected_hash:
        raise InvalidAccessList(Lie(LieKind.WRONG_HASH, f"0x{found.hex()}"))
    run = _execute(pre, block, config, claimed, is_strict=True)
    if run.lies:
        raise InvalidAccessList(run.lies[0])
    return run


BLOCK_ACCESS_LIST = BlockAccessListBackend()
