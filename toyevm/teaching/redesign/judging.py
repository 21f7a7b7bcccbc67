"""Judging a redesign: is it right, and how much sooner is the block done than with the starter?

Time is the gas of each transaction on equal cores, of which each begins when those whose writes it reads have ended:
a list schedule, as in the atlas. It is compared with the starter's *time* on the same calls. A ratio of speedups would
reward gas that is burned in parallel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from toyevm.analysis.conflicts import Lens, cost_in, hot_spots
from toyevm.backends import BACKENDS, RunConfig
from toyevm.contracts import Contract
from toyevm.deadline import OutOfTime, time_limit
from toyevm.simulation.metrics import measure
from toyevm.simulation.schedule import list_schedule, makespan
from toyevm.teaching.redesign.artefact import starter
from toyevm.teaching.redesign.suite import TicketBout
from toyevm.teaching.redesign.trial import Lost, Trial
from toyevm.teaching.redesign.views import Comparison

CORES = 16
MOST_SECONDS = (
    120  # on the wall, for a bout, which takes two: there are precompiles that take longer than their gas says
)


class BoutTimes(NamedTuple):
    """Of one block, on `CORES` virtual cores.

    Attributes:
        gas: all of it: the time of one core.
        planned: of a list schedule, which knows all conflicts beforehand; in gas.
        block_stm: of Block-STM, which does not; with the costs of the simulation, in gas.
        grants: gas of the grants before the block, which is not timed.
        hot: the place at which the longest chain of waits is; "" if nobody waits.
    """

    gas: int
    planned: int
    block_stm: int
    grants: int
    hot: str


@dataclass(frozen=True)
class RedesignRow:
    """A row of the leaderboard; `times` are None where the contract was wrong, and `verdict` says where."""

    bout: TicketBout
    times: BoutTimes | None
    baseline: BoutTimes
    verdict: str

    @property
    def score(self) -> float:
        """How many times sooner than the starter; 0 for what is wrong."""
        return self.baseline.planned / self.times.planned if self.times else 0.0

    @property
    def block_stm(self) -> float:
        """The same by Block-STM."""
        return self.baseline.block_stm / self.times.block_stm if self.times else 0.0


def judge(
    contract: Contract, suite: Sequence[TicketBout], progress: Callable[[str], None] = lambda name: None
) -> list[RedesignRow]:
    """Judge a contract on every bout of a suite."""
    rows = []
    for bout in suite:
        progress(str(bout))
        baseline = _baseline(bout)
        try:
            with time_limit(MOST_SECONDS):
                rows.append(RedesignRow(bout, times_of(contract, bout), baseline, "right"))
        except Lost as lost:
            rows.append(RedesignRow(bout, None, baseline, str(lost)))
        except OutOfTime:
            rows.append(RedesignRow(bout, None, baseline, f"it takes more than {MOST_SECONDS} seconds to execute"))
    return rows


@lru_cache(maxsize=64)
def _baseline(bout: TicketBout) -> BoutTimes:
    return times_of(starter(), bout)


def times_of(contract: Contract, bout: TicketBout) -> BoutTimes:
    """Return the times of a bout.

    Raises:
        Lost: the contract does not do what the specification says.
    """
    trial = Trial(contract, bout)
    Comparison(contract, bout, trial).compare()
    grants = sum(
        result.gas_used
        for call, result in zip(trial.past.calls, trial.past.result.results, strict=True)
        if call.function == "grant"
    )
    return _measured(trial, grants)


def _measured(trial: Trial, grants: int) -> BoutTimes:
    stage = trial.timed
    workload, coinbase = stage.workload, stage.workload.block.header.coinbase
    gas = cost_in("gas", stage.result)
    graph = Lens().graph(stage.result.results, coinbase)
    config = RunConfig(workload.chain, CORES)
    run = BACKENDS.named("block_stm").execute_block(workload.pre, workload.block, config)
    hot = hot_spots(graph, gas, limit=1)
    return BoutTimes(
        gas=sum(map(gas, range(graph.size))),
        planned=makespan(list_schedule(graph, gas, CORES)),
        block_stm=measure(run, CORES, coinbase, costs=config.costs).makespan,
        grants=grants,
        hot=trial.name_of(hot[0].location) if hot else "",
    )
