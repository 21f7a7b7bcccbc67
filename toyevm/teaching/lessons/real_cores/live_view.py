"""What is measured on the student's own computer: shown, and never stored, since it is another each time."""

from __future__ import annotations

from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.processes import usable_cores
from toyevm.bench.cores import keep, kept_processes, plan_by_conflicts, run_block_on, run_grains
from toyevm.bench.cores.executors import free_threading, gil_is_on, threads_under_gil
from toyevm.teaching.kit.player import in_text
from toyevm.teaching.lab.panels import ipywidgets
from toyevm.teaching.lessons.real_cores.model import grain_table, in_time
from toyevm.workloads.applications import APPLICATIONS

STABLE = "Measured here and now, so not stored: print the text of this object to read it."


class MeasuredHere:
    """A measurement as text, for the eyes only.

    Attributes:
        text: what was measured.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        widgets = ipywidgets()
        if widgets is None:
            return {"text/plain": self.text}
        return {**widgets.HTML(in_text(self.text))._repr_mimebundle_(**options), "text/plain": STABLE}


def threads_here() -> MeasuredHere:
    """Divide arithmetic among threads of this Python, one for each core, and measure."""
    way = threads_under_gil() if gil_is_on() else free_threading()
    return MeasuredHere(f"measured on this computer, now\n{way}")


def grains_here(grains: tuple[float, ...] = (10e-6, 100e-6, 1e-3, 10e-3)) -> MeasuredHere:
    """Measure tasks of a few grains on kept processes of this computer, beside the control."""
    cores = usable_cores()
    with kept_processes(cores) as executor:
        rows = run_grains(executor, grains, cores, seconds=0.1, repeats=3)
    title = f"measured on this computer, now: {cores} process{'es' * (cores > 1)}\n"
    warning = "" if cores > 1 else "\nOnly one core may be used here, so no speedup can be above 1."
    return MeasuredHere(title + grain_table(rows) + warning)


class BlockHere(MeasuredHere):
    """The course block on two processes of this computer, cut so that conflicts stay inside a task.

    Attributes:
        same: whether result, changes and state root are those of one process.
    """

    def __init__(self) -> None:
        work = APPLICATIONS["mixed"](40)
        right = BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result
        plan = plan_by_conflicts(right.results, 2, work.block.header.coinbase)
        with keep(work) as kept, kept_processes(2) as executor:
            run_block_on(executor, kept, plan)  # the first run starts the processes
            run = run_block_on(executor, kept, plan)
            self.same = run.differences(right, kept) == []
        super().__init__(
            f"measured on this computer, now: {in_time(run.seconds)} on two processes, of which the merge takes "
            f"{in_time(run.merge)}; {run.ran_again} transactions ran again"
        )
