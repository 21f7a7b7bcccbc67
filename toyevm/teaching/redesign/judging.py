"""Judging a redesign: is it right, and how much sooner is the block done than with the starter?

Time is the gas of each transaction on equal cores, of which each begins when those whose writes it reads have ended:
a list schedule, as in the atlas. It is compared with the *time* of the starter, or of another redesign, on the same
calls. A ratio of speedups would reward gas that is burned in parallel.
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
from toyevm.errors import InputError
from toyevm.simulation.metrics import measure
from toyevm.simulation.schedule import list_schedule, makespan
from toyevm.teaching.redesign.artefact import starter
from toyevm.teaching.redesign.comparison import Comparison
from toyevm.teaching.redesign.specification import TicketCall
from toyevm.teaching.redesign.suite import TicketBout, TicketPlan
from toyevm.teaching.redesign.trial import Lost, Trial

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
        grants: gas of the grants in the first block, which is not timed.
        hot: the place at which the longest chain of waits is; "" if nobody waits.
    """

    gas: int
    planned: int
    block_stm: int
    grants: int
    hot: str


@dataclass(frozen=True)
class RedesignRow:
    """A row of the leaderboard.

    Attributes:
        times: None where the contract was wrong.
        baseline: of the starter, or of another redesign.
        verdict: "right", or where it was wrong.
    """

    bout: TicketBout
    times: BoutTimes | None
    baseline: BoutTimes
    verdict: str

    @property
    def score(self) -> float:
        """How many times sooner than the baseline; 0 for what is wrong."""
        return self.baseline.planned / self.times.planned if self.times else 0.0

    @property
    def block_stm(self) -> float:
        """The same by Block-STM."""
        return self.baseline.block_stm / self.times.block_stm if self.times else 0.0


def judge(
    contract: Contract,
    suite: Sequence[TicketBout],
    progress: Callable[[str], None] = lambda name: None,
    against: Contract | None = None,
) -> list[RedesignRow]:
    """Judge a contract on every bout of a suite, beside the starter or `against` another redesign.

    Raises:
        InputError: the other redesign is wrong itself.
    """
    rows = []
    for bout in suite:
        progress(str(bout))
        baseline = _starters(bout) if against is None else _others(against, bout)
        try:
            with time_limit(MOST_SECONDS):
                rows.append(RedesignRow(bout, times_of(contract, bout.plan()), baseline, "right"))
        except Lost as lost:
            rows.append(RedesignRow(bout, None, baseline, str(lost)))
        except OutOfTime:
            rows.append(RedesignRow(bout, None, baseline, f"it takes more than {MOST_SECONDS} seconds to execute"))
    return rows


@lru_cache(maxsize=64)
def _starters(bout: TicketBout) -> BoutTimes:
    return times_of(starter(), bout.plan())


def _others(against: Contract, bout: TicketBout) -> BoutTimes:
    try:
        with time_limit(MOST_SECONDS):
            return times_of(against, bout.plan())
    except (Lost, OutOfTime) as error:
        raise InputError(f"on {bout}: {error}", against.name, "a redesign that is right, to compare with") from None


def difference(contract: Contract, calls: Sequence[TicketCall], capacity: int = 3) -> str:
    """Return the first difference between a contract and the specification on these calls; "" if there is none.

    The caller "owner" creates the contract; any other name is a person.
    """
    plan = TicketPlan(capacity, timed=tuple(calls))
    try:
        _right(contract, plan)
    except Lost as lost:
        return str(lost)
    return ""


def times_of(contract: Contract, plan: TicketPlan) -> BoutTimes:
    """Return the times of the block of a plan that is timed.

    Raises:
        Lost: the contract does not do what the specification says.
    """
    return _measured(_right(contract, plan))


def _right(contract: Contract, plan: TicketPlan) -> Trial:
    """Return the trial, in which the contract did what the specification says."""
    trial = Trial(contract, plan)
    Comparison(contract, plan, trial).compare()
    return trial


def _measured(trial: Trial) -> BoutTimes:
    first, timed = trial.first, trial.timed
    workload, coinbase = timed.workload, timed.workload.block.header.coinbase
    gas = cost_in("gas", timed.result)
    granted = zip(first.calls, first.result.results, strict=True)
    graph = Lens().graph(timed.result.results, coinbase)
    config = RunConfig(workload.chain, CORES)
    run = BACKENDS.named("block_stm").execute_block(workload.pre, workload.block, config)
    hot = hot_spots(graph, gas, limit=1)
    return BoutTimes(
        gas=sum(map(gas, range(graph.size))),
        planned=makespan(list_schedule(graph, gas, CORES)),
        block_stm=measure(run, CORES, coinbase, costs=config.costs).makespan,
        grants=sum(result.gas_used for call, result in granted if call.function == "grant"),
        hot=trial.name_of(hot[0].location) if hot else "",
    )
