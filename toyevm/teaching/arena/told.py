"""A block executed as a scheduler says: every free core asks what to do, and does it.

A transaction that runs reads, of each location, the newest finished write below it, as in Block-STM; what it writes is
seen by those above it. The lowest transaction that is not final is the *head*. It is made final by a core that was told
to commit: with a check of every version that it has read, or without. A checked one that does not hold is thrown away,
and has to be run again.

Whoever waits while nothing runs and nothing can happen any more has no plan. Then a core runs and commits the head, so
every bout ends; how often that was is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from toyevm.backends.guided import SpeculativeView
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.virtual_cores import Core, Incarnation, Process, Simulation
from toyevm.teaching.arena.moves import CoreMove, Foul

Ask = Callable[[dict[str, Any]], CoreMove]
MOST_RUNS = 64  # of one transaction
MOST_MOVES = 200  # for each transaction of the block


class ToldExecution:
    """A block and who says what to do with it.

    Attributes:
        moves: how many were made.
        helped: how often a core had to do something because nobody was told to.
    """

    def __init__(self, simulation: Simulation, ask: Ask) -> None:
        self.simulation, self.ledger, self.ask = simulation, simulation.ledger, ask
        self.memory = MultiVersionMemory(simulation.ledger.view)
        self.attempts: dict[int, Incarnation] = {}
        self.running: set[int] = set()
        self.is_committing = False
        self.expected = 0  # cores that will go on by themselves, at some time
        self.runs: Counter[int] = Counter()
        self.news: list[dict[str, Any]] = []  # what happened since somebody was asked last
        self.moves = self.helped = 0
        self.foul: Foul | None = None  # the first: it ends the bout for all cores

    def strategy(self) -> Process[None]:
        """Let every core ask and do, until the block is complete."""
        yield from self.simulation.on_every_core(self.work)

    def work(self, core: Core) -> Process[None]:
        """Ask what to do, and do it."""
        while not self.ledger.is_complete:
            move = self._asked(core)
            if move.action == "wait":
                if move.until > core.now:
                    yield from self._wait_until(core, move.until)
                    continue
                if self.running or self.is_committing or self.expected:
                    yield self.simulation.news()
                    continue
                self.helped += 1
                move = CoreMove("commit") if self.ledger.head in self.attempts else CoreMove("run", self.ledger.head)
            yield from self._do(core, move)

    def _wait_until(self, core: Core, time: int) -> Process[None]:
        """Wait until something happens, or until that time."""
        self.expected += 1
        yield self.simulation.news() | self.simulation.clock.timeout(time - core.now)
        self.expected -= 1

    def _do(self, core: Core, move: CoreMove) -> Process[None]:
        if move.action == "run":
            yield from self._run(core, move.tx_index)
        elif self.is_committing or self.ledger.head not in self.attempts:
            yield core.spend(core.costs.schedule)  # nothing to commit: the core has looked in vain
        else:
            yield from self._commit(core, is_checked=move.action == "commit")

    def _asked(self, core: Core) -> CoreMove:
        """Return the move for a core; with the question goes what happened since the last one."""
        if self.foul:
            raise self.foul
        self.moves += 1
        news, self.news = self.news, []
        try:
            if self.moves > MOST_MOVES * len(self.simulation.block.transactions):
                raise Foul(f"more than {MOST_MOVES} moves for each transaction")
            return self.ask({"core": core.number, "now": core.now, "head": self.ledger.head, "news": news})
        except Foul as foul:
            self.foul = foul
            raise

    def _run(self, core: Core, tx_index: int) -> Process[None]:
        is_final = tx_index < self.ledger.head or (self.is_committing and tx_index == self.ledger.head)
        if is_final or tx_index in self.running:
            yield core.spend(core.costs.schedule)  # final or about to be, or on another core: in vain
            return
        self.runs[tx_index] += 1
        if self.runs[tx_index] > MOST_RUNS:
            self.foul = self.foul or Foul(f"transaction {tx_index} was run more than {MOST_RUNS} times")
            raise self.foul
        self.running.add(tx_index)
        self.attempts.pop(tx_index, None)
        attempt = yield from core.execute(tx_index, SpeculativeView(self.memory, tx_index))
        self.running.discard(tx_index)
        result = attempt.outcome.result
        self.memory.publish(attempt.version, result.write_set if result else {})
        self.attempts[tx_index] = attempt
        reads = sorted(map(str, attempt.outcome.reads))
        writes = sorted(map(str, result.write_set if result else ()))
        self._tell({"what": "ran", "tx": tx_index, "reads": reads, "writes": writes})

    def _commit(self, core: Core, is_checked: bool) -> Process[None]:
        self.is_committing = True
        attempt = self.attempts.pop(self.ledger.head)
        if is_checked and not (yield from core.validate(attempt)):
            self.memory.withdraw(attempt.tx_index)
            self.is_committing = False
            self._tell({"what": "stale", "tx": attempt.tx_index})
            return
        yield from core.commit(attempt)
        self.memory.withdraw(attempt.tx_index)
        self.is_committing = False
        self._tell({"what": "final", "tx": attempt.tx_index})

    def _tell(self, event: dict[str, Any]) -> None:
        self.news.append(event)
        self.simulation.announce()
