"""Optimistic concurrency control: run on what is committed, validate in order, retry.

Every core, whenever it is free, takes the lowest transaction that needs running, and reads what is committed at the
time of each read. It keeps the outcome to itself. Outcomes are committed in the order of the block, each after
validation. One that is not valid any more is thrown away, and its transaction needs running again: at once when it is
noticed, that is when it finishes, when somebody commits what it has read, or at the latest when its turn comes. The
transaction whose turn it is reads nothing but final values, so it cannot fail twice, and the block always gets on.

Known limits: a chain of transactions each of which needs the one before goes at the speed of one core, and the others
burn their time on attempts that come to nothing. No value is visible before its transaction is committed, though it may
have been ready long before. A transaction that reads the fee recipient's balance is spoilt by every commit, and so is
not tried again before its turn.

Source: Kung and Robinson 1981, "On optimistic methods for concurrency control"; committing in the order of the block,
Monad.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush

from toyevm.backends.hints import Hints
from toyevm.backends.simulated import SimulatedBackend
from toyevm.simulation.virtual_cores import Core, Incarnation, Process, Simulation
from toyevm.types import Location


def speculate_and_commit(simulation: Simulation, _: Hints | None) -> Process[None]:
    """Let every core speculate and commit until the block is complete."""
    yield from simulation.on_every_core(_Speculation(simulation).work)


class _Speculation:
    """What the cores share: a transaction needs running, is running, or has an attempt that waits for its turn."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation, self.ledger = simulation, simulation.ledger
        self.to_run = list(range(len(simulation.block.transactions)))  # a heap
        self.attempts: dict[int, Incarnation] = {}
        self.readers: defaultdict[Location, set[int]] = defaultdict(set)  # of those attempts
        self.is_committing = False

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
        attempt = yield from core.execute(tx_index, self.ledger.view)
        reads = attempt.outcome.reads
        if self.ledger.fees in reads or (yield from core.validate(attempt)):
            self.attempts[tx_index] = attempt
            for location in reads:
                self.readers[location].add(tx_index)
        else:
            heappush(self.to_run, tx_index)
        self.simulation.announce()

    def commit(self, core: Core) -> Process[None]:
        """Commit as many attempts as are ready; only one core does this at a time."""
        self.is_committing = True
        while attempt := self.attempts.pop(self.ledger.head, None):
            if (yield from core.validate(attempt)):
                yield from core.commit(attempt)
                yield from self.warn_readers(core, attempt)
            else:
                heappush(self.to_run, attempt.tx_index)
            self.simulation.announce()
        self.is_committing = False

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
                    heappush(self.to_run, tx_index)


OPTIMISTIC = SimulatedBackend(
    "optimistic", "speculate on all; commit in order what is still valid; try the rest again", speculate_and_commit
)
