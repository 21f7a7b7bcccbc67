"""Plans for two cores, carried out by two processes: what the model said, and what the clock says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from toyevm.backends.processes import RealRun, burn, execute_part, measure_processes, merge_parts, usable_cores
from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import speedup
from toyevm.teaching.kit.job import Job
from toyevm.teaching.lessons.schedulers.plans import plan
from toyevm.workloads.workload import Workload

CONTROL = 400_000  # rounds of arithmetic for each process: some tens of milliseconds


class MeasuredPlans:
    """Run a block by several plans, each core's share in a process of its own, beside a control.

    Args:
        job: the same block as the plans see it.
        plans: by title, as for `plan`.
        limit: seconds for each of the measurements.

    Raises:
        InputError: somebody waits for another: this executor knows only shares that need nothing of each other.
    """

    def __init__(
        self, workload: Workload, job: Job, plans: Mapping[str, str], cores: int = 2, limit: float = 30.0
    ) -> None:
        if job.graph.dependencies:
            raise InputError("somebody waits for another", expected="transactions that need nothing of each other")
        self.workload, self.cores = workload, cores
        spans = {title: plan(job, cores, by) for title, by in plans.items()}
        self.simulated = {title: speedup(each) for title, each in spans.items()}
        self.control = measure_processes(burn, [CONTROL] * cores, limit)
        self.measured = {title: self._measure(each, limit) for title, each in spans.items()}

    def _measure(self, spans: Sequence[TaskSpan], limit: float) -> RealRun:
        block, shares = self.workload.block, []
        for core in range(self.cores):
            mine = sorted(span.tx_index for span in spans if span.core == core)
            shares.append(replace(block, transactions=tuple(block.transactions[i] for i in mine)))
        return measure_processes(execute_part, [(self.workload.pre, share) for share in shares], limit)

    @property
    def agrees(self) -> bool:
        """Whether every plan led to the state root of one process that keeps the order of the block."""
        pre, block = self.workload.pre, self.workload.block
        expected = pre.apply(execute_part((pre, block))).root
        worlds = (merge_parts(pre, run.results, block.header.coinbase) for run in self.measured.values())
        return all(world.root == expected for world in worlds)

    @property
    def text(self) -> str:
        """What was measured, as a table."""
        wide = max(map(len, ["control", *self.measured]))
        lines = [
            f"{self.cores} processes, {usable_cores()} cores usable; each time is the fastest of three",
            f"{'':<{wide}}  {'simulated':>9}  {'measured':>8}   one process    {self.cores} processes",
        ]
        for title, run in {"control": self.control, **self.measured}.items():
            said = f"{self.simulated.get(title, self.cores):>8.2f}×"
            if run.problem:
                lines.append(f"{title:<{wide}}  {said}  {'-':>8}   {1000 * run.one_process:>8.0f} ms   {run.problem}")
            else:
                times = f"{1000 * run.one_process:>8.0f} ms   {1000 * run.many:>8.0f} ms"
                lines.append(f"{title:<{wide}}  {said}  {run.speedup:>7.2f}×   {times}")
        return "\n".join(lines)
