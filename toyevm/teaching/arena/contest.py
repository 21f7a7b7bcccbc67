"""A contest: each block of a suite, told by the scheduler, beside Block-STM on as many equal cores.

The result is compared with the sequential backend's. If it differs, the block is brought before the dispute game, which
convicts one micro-step: that is what the row says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.base import compare_results
from toyevm.backends.simulated import simulation_of
from toyevm.bench.learned.features import features_of
from toyevm.errors import InvalidBlock, NotProvable
from toyevm.results import BlockResult
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.optimistic.settlement import OptimisticSettlement
from toyevm.simulation.metrics import measure
from toyevm.teaching.arena.moves import Foul
from toyevm.teaching.arena.suite import Bout
from toyevm.teaching.arena.talk import talk_to
from toyevm.teaching.arena.told import ToldExecution
from toyevm.teaching.grading.sandbox import Sandbox
from toyevm.transactions import Transaction
from toyevm.workloads.workload import Workload

BASELINE = "block_stm"


@dataclass(frozen=True)
class ArenaRow:
    """A row of the leaderboard; times are virtual.

    Attributes:
        speedup: over one core; 0 where the block was not finished rightly.
        baseline: Block-STM's.
        verdict: "right", "wrong root: …" or "foul: …".
        helped: how often nobody was told to do anything, and a core went on with the head.
    """

    bout: Bout
    speedup: float
    baseline: float
    executions: float
    moves: int
    helped: int
    verdict: str

    @property
    def is_right(self) -> bool:
        return self.verdict == "right"

    @property
    def score(self) -> float:
        """How many times as fast as Block-STM; 0 for what is wrong."""
        return self.speedup / self.baseline if self.is_right else 0.0


def play(
    source: bytes, suite: Sequence[Bout], sandbox: Sandbox, progress: Callable[[str], None] = lambda name: None
) -> list[ArenaRow]:
    """Play every bout of a suite, each in a new sandbox.

    Args:
        source: of the team's file; see `child`.
    """
    rows = []
    for bout in suite:
        progress(f"{bout.workload}, seed {bout.seed}")
        rows.append(_play(source, bout, sandbox))
    return rows


def _play(source: bytes, bout: Bout, sandbox: Sandbox) -> ArenaRow:
    workload = bout.build()
    config = RunConfig(workload.chain, bout.cores)
    right = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain)).result
    baseline = BACKENDS.named(BASELINE).execute_block(workload.pre, workload.block, config)
    fees = workload.block.header.coinbase
    best = measure(baseline, bout.cores, fees, costs=config.costs).speedup
    simulation = simulation_of(workload.pre, workload.block, config)
    told: ToldExecution | None = None
    try:
        with talk_to(sandbox, source, describe_block(workload), bout.cores) as talk:
            told = ToldExecution(simulation, talk.ask)
            run = simulation.run(told.strategy())
    except Foul as foul:
        return _lost(bout, best, told, f"foul: {(told and told.foul) or foul}")
    except InvalidBlock as error:
        why = f"wrong: transaction {error.tx_index} was committed as it may not be in the block ({error.reason})"
        return _lost(bout, best, told, why)
    found = measure(run, bout.cores, fees, costs=config.costs)
    if compare_results(run.result, right):
        return _lost(bout, best, told, convict_on_l1(workload, run.result))
    return ArenaRow(bout, found.speedup, best, found.executions_per_transaction, told.moves, told.helped, "right")


def _lost(bout: Bout, best: float, told: ToldExecution | None, verdict: str) -> ArenaRow:
    return ArenaRow(bout, 0.0, best, 0.0, told.moves if told else 0, told.helped if told else 0, verdict)


def describe_block(workload: Workload) -> list[dict[str, Any]]:
    """Return what a scheduler gets to know of each transaction: what anybody sees before it runs."""
    return [_described(tx) for tx in workload.block.transactions]


def _described(tx: Transaction) -> dict[str, Any]:
    seen = features_of(tx)
    return {
        "sender": "0x" + seen.sender.hex() if seen.sender else None,
        "to": "0x" + seen.to.hex() if seen.to else None,
        "selector": "0x" + seen.selector.hex(),
        "words": [f"{word:#x}" for word in seen.words],
        "value": str(seen.value),
        "gas_limit": tx.gas_limit,
    }


def convict_on_l1(workload: Workload, result: BlockResult) -> str:
    """Bring a wrong result before the dispute game of an optimistic rollup, and return what it convicts."""
    settlement = OptimisticSettlement()
    try:
        executed = ExecutedBlock(workload.chain, workload.pre, workload.block, result)
        settlement.finalize(settlement.submit(executed))
    except NotProvable as error:
        return f"wrong root: the dispute convicts transaction {error.tx_index}, {error.reason}"
    return "wrong: receipts differ, though the state does not"
