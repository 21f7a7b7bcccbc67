"""Block-STM without a clock: chance, or a list of choices, says which thread makes its next access."""

from __future__ import annotations

from dataclasses import dataclass

from tests.backends.cases import Case
from tests.backends.judge import oracle_of
from toyevm.backends.block_stm import expected_nonces
from toyevm.backends.block_stm.accounting import FeesApart
from toyevm.backends.block_stm.threads import PAPER, BlockSTM, Switches
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


def begin(
    block: Case, accounting: type[FeesApart] = FeesApart, switches: Switches = PAPER, foresees: bool = False
) -> tuple[BlockSTM, Ledger]:
    """Return Block-STM before its first step; if it `foresees`, the nonces that are known beforehand are estimates."""
    ledger = Ledger(block.pre, block.block, block.chain)
    transactions = block.block.transactions
    accounts = accounting(ledger.fees, transactions)
    memory = MultiVersionMemory(ledger.view)
    talk = lambda tx_index: conversation(ledger.env, transactions[tx_index])  # noqa: E731
    nonces = expected_nonces(transactions) if foresees else ()
    return BlockSTM(len(transactions), talk, memory, accounts, expected=nonces, switches=switches), ledger


def play(
    block: Case, threads: int, seed: int, accounting: type[FeesApart] = FeesApart, most: int = 100_000,
    switches: Switches = PAPER, foresees: bool = False,
) -> Played:  # fmt: skip
    stm, ledger = begin(block, accounting, switches, foresees)
    return Played(interleave([stm.thread() for _ in range(threads)], seed, most), stm, ledger)


def faults(block: Case, played: Played) -> list[str]:
    """Return what is wrong with the outcomes before the ledger has seen them: it would repair most of it."""
    oracle = oracle_of(block)
    if not isinstance(oracle, Run):
        return []
    stm, ledger, found = played.stm, played.ledger, []
    forgives = ledger.fees if type(stm.accounting) is FeesApart else None
    for tx_index, right in enumerate(oracle.result.results):
        if tx_index not in stm.attempts:
            return [*found, f"{tx_index} has not run"]
        version, early = stm.attempts[tx_index]
        outcome = stm.accounting.settle(tx_index, early, ledger.view)
        stale: Location | None = ledger.find_stale(outcome)
        if stale is not None and stale == forgives:
            return found  # from here on the ledger has to repair what nobody promised
        if stale is not None:
            found.append(f"{tx_index} has seen something else at {stale}")
        if outcome.result is None or outcome.result.write_set != right.write_set:
            return [*found, f"{tx_index} has written something else"]
        ledger.commit(version, outcome)
    return found
