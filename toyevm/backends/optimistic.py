"""Optimistic concurrency control: run on what is committed, validate in order, retry.

1. Every core, whenever it is free, takes the lowest transaction that needs running, and reads what is committed at the
   time of each read. It keeps the outcome to itself.
2. An attempt is validated when it ends, when somebody commits what it has read, and when its turn comes. Outcomes are
   committed in the order of the block; one that is not valid any more is thrown away, and its transaction runs again.
3. The transaction whose turn it is reads nothing but final values. So it cannot fail twice, and the block gets on.
4. When a transaction runs again is the strategy's one switch, its *haste*: so many times at once, after that when its
   *blocker* is committed. The blocker is the highest transaction below that is not final and, going by its own last
   attempt, will write what was read here. A lower one of the same sender is a blocker from the start: both use its
   nonce, as anybody can see.

`optimistic` is hasty, and burns the time of its idle cores on attempts that come to nothing: where all write one slot,
each takes as many as there are cores, and where all are of one sender, the n-th takes n, until haste ends.
`optimistic_waiting` has no haste: one attempt for each nonce, and about two for each writer of a hot slot.

Known limits: a chain of transactions each of which needs the one before goes at the speed of one core. No value is
visible before its transaction is committed, though it may have been ready long before. A transaction that reads the fee
recipient's balance is spoilt by every commit, and so is not tried again before its turn.

Source: Kung and Robinson 1981, "On optimistic methods for concurrency control"; committing in the order of the block,
Monad. To wait for the one that stands in the way is the dependency of Block-STM (arXiv 2203.06871).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from heapq import heappop, heappush

from toyevm.backends.hints import Hints, predecessors_by_sender
from toyevm.backends.simulated import SimulatedBackend, Strategy
from toyevm.simulation.location_index import LocationIndex
from toyevm.simulation.virtual_cores import Core, Incarnation, Process, Simulation
from toyevm.transactions import Transaction
from toyevm.types import Location

HASTE = 24  # lesson 05 shows what haste costs; on 16 cores, the most it shows, no transaction there fails as often


def speculate_and_commit(haste: int) -> Strategy:
    """Return the strategy that tries a failed transaction so many times at once before it waits."""

    def strategy(simulation: Simulation, _: Hints | None) -> Process[None]:
        """Let every core speculate and commit until the block is complete."""
        yield from simulation.on_every_core(_Speculation(simulation, haste).work)

    return strategy


class _Speculation:
    """What the cores share: a transaction needs running, is running, has an attempt, or waits for its blocker."""

    def __init__(self, simulation: Simulation, haste: int = 0) -> None:
        self.simulation, self.ledger, self.haste = simulation, simulation.ledger, haste
        self.expected = ExpectedWrites(simulation.block.transactions)
        self.to_run: list[int] = []  # a heap
        self.waiting: defaultdict[int, list[int]] = defaultdict(list)  # by blocker
        self.tries: Counter[int] = Counter()
        self.attempts: dict[int, Incarnation] = {}
        self.readers: defaultdict[Location, set[int]] = defaultdict(set)  # of those attempts
        self.is_committing = False
        for tx_index in range(self.ledger.head, len(simulation.block.transactions)):
            self.enqueue(tx_index)

    def work(self, core: Core) -> Process[None]:
        """Do whatever there is to do, until the block is complete."""
        while not self.ledger.is_complete:
            if self.ledger.head in self.attempts and not self.is_committing:
                yield from self.commit(core)
            elif self.to_run:
                yield from self.speculate(core, heappop(self.to_run))
            else:
                yield self.simulation.news()

    def speculate(self, core: Core, tx_index: int) -> Process[None]:
        """Execute a transaction, and keep the attempt if nothing it read has changed meanwhile."""
        self.tries[tx_index] += 1
        attempt = yield from core.execute(tx_index, self.ledger.view)
        reads, result = attempt.outcome.reads, attempt.outcome.result
        self.expected.replace(tx_index, result.write_set if result else ())
        if self.ledger.fees in reads or (yield from core.validate(attempt)):
            self.attempts[tx_index] = attempt
            for location in reads:
                self.readers[location].add(tx_index)
        else:
            self.enqueue(tx_index, reads)
        self.simulation.announce()

    def enqueue(self, tx_index: int, reads: Collection[Location] = ()) -> None:
        """Let a transaction run, at once or when what stands in its way is committed."""
        blocker = -1 if self.tries[tx_index] < self.haste else self.expected.last_writer(tx_index, reads)
        if blocker < self.ledger.head:
            heappush(self.to_run, tx_index)
        else:
            self.waiting[blocker].append(tx_index)

    def commit(self, core: Core) -> Process[None]:
        """Commit as many attempts as are ready; only one core does this at a time."""
        self.is_committing = True
        while attempt := self.attempts.pop(self.ledger.head, None):
            if (yield from core.validate(attempt)):
                yield from core.commit(attempt)
                self.release(attempt.tx_index)
                yield from self.warn_readers(core, attempt)
            else:
                self.enqueue(attempt.tx_index)
            self.simulation.announce()
        self.is_committing = False

    def release(self, blocker: int) -> None:
        """Let run what waited for a transaction that is final now."""
        if released := self.waiting.pop(blocker, []):
            for tx_index in released:
                heappush(self.to_run, tx_index)
            self.simulation.announce()

    def warn_readers(self, core: Core, committed: Incarnation) -> Process[None]:
        """Look at the attempts that have read what was just overwritten.

        Slots that went with a destroyed account need no search: a transaction that read one has read its code.
        Those that went with an empty one are so rare that their readers are found when their turn comes.
        """
        assert committed.outcome.result is not None
        for location in committed.outcome.result.write_set:
            for tx_index in sorted(self.readers.pop(location, ())):
                reader = self.attempts.get(tx_index)
                if reader and self.ledger.fees not in reader.outcome.reads and not (yield from core.validate(reader)):
                    del self.attempts[tx_index]
                    self.enqueue(tx_index, reader.outcome.reads)


class ExpectedWrites:
    """Where each transaction will probably write: where its last attempt did, and the nonce of its sender."""

    def __init__(self, transactions: Sequence[Transaction]) -> None:
        self._writers = LocationIndex()
        self._before = predecessors_by_sender(transactions)

    def replace(self, tx_index: int, written: Collection[Location]) -> None:
        """Note where the latest attempt of a transaction has written, in place of the one before."""
        self._writers.replace(tx_index, written)

    def last_writer(self, tx_index: int, reads: Collection[Location]) -> int:
        """Return the highest transaction below that will write one of these or the sender's nonce, -1 if none will."""
        found = self._before[tx_index]
        for location in reads:
            writers = self._writers.at(location)
            if place := bisect_left(writers, tx_index):
                found = max(found, writers[place - 1])
        return found


OPTIMISTIC = SimulatedBackend(
    "optimistic",
    "speculate on all; commit in order what is still valid; try the rest again",
    speculate_and_commit(HASTE),
)
OPTIMISTIC_WAITING = SimulatedBackend(
    "optimistic_waiting",
    "the same, but a transaction waits for the one that is going to write what it needs",
    speculate_and_commit(haste=0),
)
