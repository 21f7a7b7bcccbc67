"""Run a block by a plan that may be wrong: what the backends with hints share; each has its own way to a plan.

The plan says for each transaction which earlier ones it should wait for. It starts once they have finished, on the next
free core, and what it writes is visible to later transactions as soon as it has finished itself: there is no need to
wait for its turn in the block, because multi-version memory keeps it from those it does not concern.

Then, in the order of the block, each outcome is validated and committed. If the plan was right, a transaction waited
for all it needed, and nothing is aborted. The exceptions: a transaction that reads the fee recipient's balance before
its turn is, and so are those that need its values. Fees are paid at the commit: to wait for the payers' end is not
enough. If the plan left something out, the transaction may have seen an old version: validation finds out, and the core
that did runs it again on what is final. If it held something too many, a core has waited in vain. So a wrong plan costs
time, and cannot cost more than that. Making the plan is taken to cost nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from toyevm.results import TxResult
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.virtual_cores import Core, Incarnation, Process, Simulation
from toyevm.types import Field, Location, Read, Value


@dataclass(frozen=True)
class Plan:
    """Who waits for whom, and who comes first among those that need not wait.

    Attributes:
        predecessors: for each transaction, lower ones.
        priorities: the smallest goes first; by default the order of the block.
        lanes: the only core that each transaction may run on; by default, any.
    """

    predecessors: Sequence[Collection[int]]
    priorities: Sequence[int] | None = None
    lanes: Sequence[int] | None = None


class GuidedExecution:
    """A block that is executed by a plan."""

    def __init__(self, simulation: Simulation, plan: Plan) -> None:
        self.simulation, self.ledger, self.plan = simulation, simulation.ledger, plan
        self.memory = MultiVersionMemory(simulation.ledger.view)
        self.attempts: dict[int, Incarnation] = {}
        self.is_committing = False
        self.waits_for = [set(before) for before in plan.predecessors]
        self.successors: list[list[int]] = [[] for _ in plan.predecessors]
        for tx_index, before in enumerate(plan.predecessors):
            for each in before:
                self.successors[each].append(tx_index)
        self.ready: list[list[tuple[int, int]]] = [[] for _ in simulation.cores]  # a heap for each lane
        for tx_index, before in enumerate(plan.predecessors):
            if not before:
                self._enqueue(tx_index)

    def run(self) -> Process[None]:
        return self.simulation.on_every_core(self.work)

    def work(self, core: Core) -> Process[None]:
        """Do whatever there is to do, until the block is complete."""
        while not self.ledger.is_complete:
            if self.ledger.head in self.attempts and not self.is_committing:
                yield from self.commit(core)
            elif ready := self.ready[core.number if self.plan.lanes else 0]:
                _, tx_index = heappop(ready)
                attempt = yield from core.execute(tx_index, SpeculativeView(self.memory, tx_index))
                self.finish(attempt)
            else:
                yield self.simulation.news()

    def finish(self, attempt: Incarnation) -> None:
        """Show what a transaction has written, and let go those that waited for it."""
        tx_index, result = attempt.tx_index, attempt.outcome.result
        self.memory.publish(attempt.version, result.write_set if result else {})
        self.attempts[tx_index] = attempt
        for after in self.successors[tx_index]:
            self.waits_for[after].discard(tx_index)
            if not self.waits_for[after]:
                self._enqueue(after)
        self.simulation.announce()

    def commit(self, core: Core) -> Process[None]:
        """Commit as many attempts as are ready, and repair those that went wrong; one core at a time."""
        self.is_committing = True
        while attempt := self.attempts.pop(self.ledger.head, None):
            if not (yield from core.validate(attempt)):
                self.memory.withdraw(attempt.tx_index)
                attempt = yield from core.execute(attempt.tx_index, self.ledger.view)
            yield from core.commit(attempt)
            self.memory.withdraw(attempt.tx_index)
        self.is_committing = False
        self.simulation.announce()

    def _enqueue(self, tx_index: int) -> None:
        priorities, lanes = self.plan.priorities, self.plan.lanes
        lane = lanes[tx_index] if lanes else 0
        heappush(self.ready[lane], (priorities[tx_index] if priorities else tx_index, tx_index))


@dataclass(frozen=True)
class SpeculativeView:
    """What a transaction sees that runs before its turn: the latest finished write below it."""

    memory: MultiVersionMemory
    tx_index: int

    def read(self, location: Location) -> Read:
        return self.memory.read(location, self.tx_index)


def dry_run(simulation: Simulation) -> Process[list[TxResult]]:
    """Find out what the transactions might do: run each of them on the state before the block.

    It takes time like any other execution, and is wrong where one transaction decides what a later one touches. One
    that is not allowed yet, because its sender's earlier ones are missing, is taken to write the sender's nonce and
    balance.
    """
    attempts = yield from simulation.speculate_on_all("dry run")
    return [attempt.outcome.result or _result_of_refused(attempt.outcome.reads) for attempt in attempts]


def _result_of_refused(reads: Mapping[Location, Read]) -> TxResult:
    senders = [address for address, key in reads if key == Field.NONCE]
    writes: dict[Location, Value] = {
        Location(sender, field): 0 for sender in senders for field in (Field.NONCE, Field.BALANCE)
    }
    return TxResult(succeeded=False, gas_used=0, fee=0, read_set=reads, write_set=writes)
