"""Block-STM without a clock: chance, or a list of choices, says which thread makes its next access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.backends.cases import Case
from tests.backends.judge import oracle_of
from toyevm.backends.block_stm.threads import BlockSTM
from toyevm.simulation.conversation import conversation
from toyevm.simulation.ledger import Ledger
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.run import Run
from toyevm.simulation.steps import Stage, interleave
from toyevm.types import Location


@dataclass
class Played:
    """A block as chance had it: where the threads went, and what they came to."""

    stage: Stage
    stm: BlockSTM
    ledger: Ledger


def begin(block: Case, make: Callable[..., BlockSTM] = BlockSTM) -> tuple[BlockSTM, Ledger]:
    ledger = Ledger(block.pre, block.block, block.chain)
    transactions = block.block.transactions
    stm = make(
        len(transactions),
        lambda tx_index: conversation(ledger.env, transactions[tx_index]),
        MultiVersionMemory(ledger.view),
    )
    return stm, ledger


def play(block: Case, threads: int, seed: int, make: Callable[..., BlockSTM] = BlockSTM, most: int = 100_000) -> Played:
    stm, ledger = begin(block, make)
    return Played(interleave([stm.thread() for _ in range(threads)], seed, most), stm, ledger)


def faults(block: Case, played: Played) -> list[str]:
    """Return what is wrong with the outcomes before the ledger has seen them: it would repair most of it."""
    oracle = oracle_of(block)
    if not isinstance(oracle, Run):
        return []
    stm, ledger, found = played.stm, played.ledger, []
    for tx_index, right in enumerate(oracle.result.results):
        if tx_index not in stm.attempts:
            return [*found, f"{tx_index} has not run"]
        version, outcome = stm.attempts[tx_index]
        stale: Location | None = ledger.find_stale(outcome)
        if stale is not None and stale != ledger.fees:
            found.append(f"{tx_index} has seen another version of {stale}")
        if outcome.result is None or outcome.result.write_set != right.write_set:
            if stale != ledger.fees:
                found.append(f"{tx_index} has written something else")
            return found
        ledger.commit(version, outcome)
    return found
