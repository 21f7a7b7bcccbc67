"""Block-STM: speculate on everything, see every write as soon as it is there, and repair what was built on sand.

1. Threads take transactions in the order of the block and run them without waiting. What one writes is visible to all
   higher ones at once, through multi-version memory.
2. Each outcome is validated, again and again if need be: does every location it read still have the version it saw?
3. If not, it is aborted. What it wrote becomes *estimates*, since it will probably write there again: who reads one
   waits for it, instead of building on a value that is known to be wrong. Then it runs again, as the next incarnation.
4. Two counters, moved back by bad news, say what needs executing and what needs validating. When both have passed the
   end, and nobody is at work, the block is done: no transaction is committed before that.

Deviations: whose nonce comes before whose is plain to see, so a nonce that somebody waits for is an estimate before
anything runs. In the paper a sender's later transactions find out by being refused, again and again. This saves
executions (500 payments among 10 accounts on 32 threads: 2,683 instead of some 25,800) and no time, since idle cores
made them. Cronos does so for who pays the fee (ethermint pull request 522, September 2024). Besides, a thread that
finds nothing waits for news instead of looking on, a validation compares values as well as versions, and who takes an
aborted transaction at once stays active (the pseudocode, as others have written it down, counts such a thread off
twice).

Two switches. *push*, after Aptos's second version: each location knows its readers, and a change names who is
validated. *stall*, an idea of the paper's section 4: who runs again looks first where it read before; if there is an
estimate, it waits, and so do its own readers in turn. What they buy (`toyevm bench blockstm`, 300 transactions on 32
cores): where nobody meets, nothing. With a Zipf distribution, push takes 810 validations and not 6,022; stall 2.9
executions a transaction and not 4.0, for 7,537 validations (to look is to validate). On one hot slot, stall takes 3.5
executions and not 7.0. The time is the same within 3 per cent: what is saved was done by cores that had nothing else
to do. Real ones pay for it with memory.

Fees are not in the memory: like all backends here, this one adds them up at the end. So a transaction that asks for the
fee recipient's balance is the only one that may have to run again then, with those that need its values.

Known limits: a chain of transactions that read early goes at the speed of one core. A single abort can mislead
everything above it. All of this needs a machine that can be run again at will, and memory for all versions.

Source: Gelashvili and others 2022, "Block-STM: Scaling Blockchain Execution by Turning Ordering Curse to a Performance
Blessing" (arXiv 2203.06871). To compare with, from there: payments of Diem on
32 threads, 17 to 21 times one thread with 10,000 accounts, up to 8 times with 100; `toyevm bench blockstm` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from toyevm.backends.block_stm.accounting import FeesApart, FeesLazy, FeesRead
from toyevm.backends.block_stm.threads import PAPER, BlockSTM, Switches
from toyevm.backends.hints import Hints, predecessors_by_sender
from toyevm.backends.simulated import SimulatedBackend, Strategy
from toyevm.simulation.follow import follow
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.virtual_cores import Process, Simulation
from toyevm.transactions import Transaction
from toyevm.types import Field, Location


def run_block_stm(
    accounting: type[FeesApart] = FeesApart, switches: Switches = PAPER, stm: type[BlockSTM] = BlockSTM
) -> Strategy:
    """Return the strategy with this way to keep the fee recipient's balance, and with these switches.

    Args:
        stm: what runs the threads; lessons leave rules out.
    """

    def strategy(simulation: Simulation, _: Hints | None) -> Process[None]:
        """Let every core be a thread of Block-STM; then make the outcomes final, in the order of the block."""
        yield from run_stretch(simulation, len(simulation.block.transactions), accounting, switches, stm=stm)

    return strategy


def run_stretch(
    simulation: Simulation, end: int, accounting: type[FeesApart] = FeesApart, switches: Switches = PAPER,
    further: Callable[[BlockSTM], int] | None = None, stm: type[BlockSTM] = BlockSTM,
) -> Process[None]:  # fmt: skip
    """Execute and commit the transactions from the first that is not final up to `end`, or as far as `further` says."""
    ledger = simulation.ledger
    accounts = accounting(ledger.fees, simulation.block.transactions)
    nonces = expected_nonces(simulation.block.transactions, ledger.head)
    memory = MultiVersionMemory(ledger.view)
    threads = stm(end, simulation.converse, memory, accounts, ledger.head, nonces, switches, further)
    yield from simulation.on_every_core(lambda core: follow(core, threads.thread()))
    yield from simulation.commit_all(threads.attempts, threads.causes, accounts.settle)


def expected_nonces(transactions: Sequence[Transaction], first: int = 0) -> list[tuple[int, Location]]:
    """Return the nonces that somebody will wait for, each with who writes it."""
    writers = sorted(before for before in predecessors_by_sender(transactions) if before >= first)
    return [(before, Location(transactions[before].sender, Field.NONCE)) for before in writers]


BLOCK_STM = SimulatedBackend(
    "block_stm",
    "multi-version memory with estimates; executes and validates in any order",
    run_block_stm(FeesApart),
    repeats="who asks for the fees",
)
BLOCK_STM_NAIVE = SimulatedBackend(
    "block_stm_naive",
    "the same, with a fee recipient's balance like any other",
    run_block_stm(FeesRead),
    repeats="none",
)
BLOCK_STM_LAZY = SimulatedBackend(
    "block_stm_lazy", "the same, with fees and plain transfers as increments", run_block_stm(FeesLazy), repeats="none"
)


def switched(name: str, summary: str, switches: Switches) -> SimulatedBackend:
    """Return Block-STM with these switches, as a backend that is not in the registry."""
    return SimulatedBackend(name, summary, run_block_stm(FeesApart, switches), repeats="who asks for the fees")


BLOCK_STM_PUSH = switched("block_stm_push", "the same, but a change names its readers", Switches(pushes=True))
BLOCK_STM_STALL = switched("block_stm_stall", "the same, but who would wait does not begin", Switches(stalls=True))
BLOCK_STM_PUSH_STALL = switched("block_stm_push_stall", "both", Switches(pushes=True, stalls=True))
