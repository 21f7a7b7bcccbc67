"""Run in parallel while that helps: where the chain is deep, go on with one transaction after the other.

1. The block is taken in stretches: the first has two transactions for each core, each further one twice as many as the
   one before. What is left is one stretch when it is no more than twice its size.
2. A stretch runs by Block-STM, or sequentially: one core, nothing speculated, nothing validated.
3. Its *depth* is the gas of its longest chain of transactions that read what others write, over the gas of all. Above
   nine tenths, the next stretch is sequential, else parallel. A sequential stretch has a depth like any other, so that
   a block which opens up again is noticed.
4. From one parallel stretch to the next there is no barrier: when all of it has been given out, and what has run so far
   is not deep, Block-STM goes on with the next, while others are still at work in this one.
5. A chain of nonces need not be tried: if nearly all transactions of a stretch have one sender, it is sequential.

Known limits: the past stands for the future, so a turn of the block is noticed one stretch late. Where a stretch is
found deep, its end is a barrier. (On mainnet block 19929064, 16 cores, it is as fast as Block-STM alone, 3.2 times;
with a barrier after each stretch it was 1.8.) What falling back saves are attempts, not time: idle cores cost nothing
here unless `contention` says so; on real machines they take memory bandwidth and locks.

Source: op-geth of BNB Chain falls back for a block whose graph is too deep for its number of transactions (pull request
251, January 2025: the threshold is an option, 0.9 was the reviewer's proposal); pevm where over 95 % depend on others
(pull request 135). Both decide once a block. To compare with: there is no figure for the fallback alone. Dependency
chains of mainnet are mostly shallow (ethresear.ch 22150, blocks of April 2025: 60 to 80 % of the transactions are
independent, storage only), so it is meant for the exceptions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from toyevm.analysis.dependencies import longest_chain
from toyevm.backends.block_stm import run_stretch
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.backends.hints import Hints, sender_of
from toyevm.backends.simulated import SimulatedBackend
from toyevm.results import TxResult
from toyevm.simulation.virtual_cores import Process, Simulation
from toyevm.transactions import Transaction
from toyevm.types import Location

DEEP = 0.9  # of a stretch: at best, the cores make it 1.1 times as fast
PER_CORE = 2  # transactions of the first stretch


def run_adaptively(simulation: Simulation, _: Hints | None) -> Process[None]:
    """Execute stretch after stretch, each the way that the last one speaks for."""
    ledger, cores = simulation.ledger, len(simulation.cores)
    stretch = Stretch(simulation.block.transactions, PER_CORE * cores)
    is_deep = cores == 1
    while not ledger.is_complete:
        if is_deep or stretch.has_one_sender:
            yield from run_sequentially(simulation, stretch.end)
        else:
            yield from run_stretch(simulation, stretch.end, further=stretch.go_on)
        is_deep = cores == 1 or depth(ledger.results, stretch.first) > DEEP
        stretch.advance()


class Stretch:
    """A part of the block, and after it the next one, twice as long."""

    def __init__(self, transactions: Sequence[Transaction], size: int) -> None:
        self.transactions, self.size, self.end = transactions, size, 0
        self.advance()

    def advance(self) -> None:
        """Become the next stretch."""
        self.first, left = self.end, len(self.transactions) - self.end
        self.end += self.size if left > 2 * self.size else left
        self.size *= 2

    @property
    def has_one_sender(self) -> bool:
        """Whether nearly all is one chain of nonces, as anybody can see."""
        return share_of_one_sender(self.transactions[self.first : self.end]) > DEEP

    def go_on(self, stm: BlockSTM) -> int:
        """Advance if what has run so far is not deep; return where the stretch ends now."""
        ran = (outcome.result for at, (_, outcome) in sorted(stm.attempts.items()) if at >= self.first)
        if self.end < len(self.transactions) and depth([result for result in ran if result], 0) <= DEEP:
            self.advance()
        return self.end


def run_sequentially(simulation: Simulation, end: int) -> Process[None]:
    """Let one core execute and commit what comes next: it reads nothing but final values."""
    core, ledger = simulation.cores[0], simulation.ledger
    while ledger.head < end:
        yield from core.commit((yield from core.execute(ledger.head, ledger.view)))


def depth(results: Sequence[TxResult], first: int) -> float:
    """Return how much of the gas since `first` is in the longest chain of transactions that read what others write."""
    gas = [result.gas_before_refund for result in results[first:]]
    last_writer: dict[Location, int] = {}
    waits_for: list[set[int]] = []
    for number, result in enumerate(results[first:]):
        waits_for.append({last_writer[location] for location in result.read_set if location in last_writer})
        last_writer |= dict.fromkeys(result.write_set, number)
    return longest_chain(waits_for, gas.__getitem__) / max(1, sum(gas))


def share_of_one_sender(transactions: Sequence[Transaction]) -> float:
    """Return how many of these, of all, are of whoever sent most of them."""
    senders = Counter(filter(None, map(sender_of, transactions)))
    return max(senders.values(), default=0) / len(transactions)


ADAPTIVE = SimulatedBackend(
    "adaptive",
    "Block-STM, stretch by stretch; sequential where the chain is deep",
    run_adaptively,
    repeats="who asks for the fees",
)
