"""What is measured on the student's own computer: shown, and never stored, since it is another each time."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.processes import usable_cores
from toyevm.bench.cores import GrainRow, burn_control, keep, kept_processes, plan_by_conflicts, run_block_on, run_grains
from toyevm.bench.cores.executors import free_threading, gil_is_on, threads_under_gil
from toyevm.teaching.kit.player import in_text
from toyevm.teaching.lab.panels import ipywidgets
from toyevm.teaching.lessons.real_cores.model import grain_table, in_time
from toyevm.workloads.applications import APPLICATIONS

LEAST_CONTROL = 1.2  # of several cores: below it, other programs had them
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
    """Measure tasks of a few grains on processes of this computer that run already, beside the control."""
    cores = usable_cores()
    with kept_processes(cores) as executor:
        rows = run_grains(executor, grains, cores, seconds=0.1, repeats=3)
    title = f"measured on this computer, now: {cores} process{'es' * (cores > 1)}\n"
    return MeasuredHere(title + grain_table(rows) + control_warning(rows, cores))


def control_warning(rows: Sequence[GrainRow], cores: int) -> str:
    """Return a line that says which rows say nothing about the cores, since their control is no control; or ""."""
    if cores == 1:
        return "\nOnly one core may be used here, so no speedup can be above 1."
    names = [in_time(row.grain) for row in rows if not control_is_usable(row.control_speedup, cores)]
    return f"{_unusable(cores)}, beside {', '.join(names)}: {OTHERS_RAN}" if names else ""


OTHERS_RAN = "other programs ran.\nDo not judge by what was measured beside it; run the cell again."


def control_is_usable(control: float, cores: int) -> bool:
    """Return whether a control's speedup is one: with several cores not about 1, and never above their number."""
    return LEAST_CONTROL <= control <= cores


def _unusable(cores: int) -> str:
    return f"\nThe control is not {LEAST_CONTROL} to {cores} times as fast as one process"


class BlockHere(MeasuredHere):
    """The course block on two processes of this computer, cut so that conflicts stay inside a task.

    Attributes:
        same: whether result, changes and state root are those of one process.
    """

    def __init__(self) -> None:
        work = APPLICATIONS["mixed"](40)
        began = perf_counter()
        right = BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result
        one = perf_counter() - began
        plan = plan_by_conflicts(right.results, 2, work.block.header.coinbase)
        with keep(work) as kept, kept_processes(2) as executor:
            run_block_on(executor, kept, plan)  # the first run starts the processes
            run = run_block_on(executor, kept, plan)
            control = burn_control(executor, 2, seconds=0.05, repeats=3).speedup
            self.same = run.differences(right, kept) == []
        super().__init__(
            f"measured on this computer, now\n{in_time(one)} in one process\n"
            f"{in_time(run.seconds)} on two processes, of which the merge takes {in_time(run.merge)}\n"
            f"{len(run.ran_again) or 'no'} transactions ran again\ncontrol: {control:.2f} times as fast as one process"
            + ("" if control_is_usable(control, 2) else f"{_unusable(2)}: {OTHERS_RAN}")
        )
