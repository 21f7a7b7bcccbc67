"""A block in one process and by tasks on an executor, several times in turn, each run held to the sequential result."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import median

from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.processes import burn
from toyevm.bench.cores.block import RealBlockRun, run_block_on
from toyevm.bench.cores.grains import CONTROL_SECONDS, rounds_per_second, run_control, timed
from toyevm.bench.cores.kept import BlockWork, SharedBlock
from toyevm.bench.cores.plans import Plan
from toyevm.bench.cores.tail import serial_tail
from toyevm.bench.replay import recover_senders
from toyevm.results import BlockResult


@dataclass(frozen=True)
class MeasuredBlock:
    """Medians, in seconds, of a block by one plan; `control` is a burn about as long as `one`.

    Attributes:
        differences: what was not as the sequential backend has it, in any run.
    """

    one: float
    many: float
    execute: float
    merge: float
    tail: float
    control_speedup: float
    ran_again: int
    returned: int
    state_sent: int
    differences: tuple[str, ...]

    @property
    def speedup(self) -> float:
        return self.one / self.many

    @property
    def share_of_control(self) -> float:
        return self.speedup / self.control_speedup

    @property
    def speedup_with_tail(self) -> float:
        """With the state root, which stays in one process."""
        return (self.one + self.tail) / (self.many + self.tail)


def sequential_result(work: BlockWork, warm_ups: int = 3) -> BlockResult:
    """Return what is right; senders are recovered, and what is often visited is compiled, before a clock is started."""
    recover_senders(work.block.transactions)
    results = [_sequential(work) for _ in range(warm_ups)]
    return results[-1]


def measure_block(
    executor: Executor, kept: SharedBlock, plan: Plan, right: BlockResult, cores: int, repeats: int = 5
) -> MeasuredBlock:
    """Measure a block by a plan, after runs that warm up; `right` is what the sequential backend says."""
    runs = [run_block_on(executor, kept, plan, cores) for _ in range(3)]
    state_sent = sum(run.state_sent for run in runs)
    times, controls = [], []
    for _ in range(repeats):
        one = timed(lambda: _sequential(kept))
        runs.append(run_block_on(executor, kept, plan, cores))
        times.append((one, runs[-1]))
        controls.append(_control(executor, one, cores))
    counted = [run for _, run in times]
    return MeasuredBlock(
        one=median(one for one, _ in times),
        many=median(run.seconds for run in counted),
        execute=median(run.execute for run in counted),
        merge=median(run.merge for run in counted),
        tail=serial_tail(kept.pre.apply(right.diff)),
        control_speedup=median(controls),
        ran_again=len(counted[-1].ran_again),
        returned=counted[-1].returned,
        state_sent=state_sent,
        differences=_all_differences(runs, right, kept),
    )


def _sequential(work: BlockWork) -> BlockResult:
    return BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result


def _control(executor: Executor, seconds: float, cores: int) -> float:
    """Return the speedup of a burn of about `seconds`, or `CONTROL_SECONDS` if that is longer."""
    rounds = round(max(seconds, CONTROL_SECONDS) * rounds_per_second())
    return timed(lambda: burn(rounds)) / run_control(executor, rounds, cores)


def _all_differences(runs: list[RealBlockRun], right: BlockResult, kept: SharedBlock) -> tuple[str, ...]:
    return tuple(sorted({each for run in runs for each in run.differences(right, kept)}))
