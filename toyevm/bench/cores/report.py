"""`toyevm bench cores`: real cores by the clock: a control, grains, a fitted model, blocks, what state costs to ship.

Whatever else the computer does is in the figures. So each is a median, is taken beside its control, and the report says
how busy the computer was before it began.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from toyevm.backends.processes import can_fork, usable_cores
from toyevm.bench.cores.executors import Way, free_threading, kept_processes, subinterpreters, threads_under_gil
from toyevm.bench.cores.grains import GRAINS, GrainRow, measure_points
from toyevm.bench.cores.kept import BlockWork, SharedBlock, keep
from toyevm.bench.cores.measured_block import MeasuredBlock, measure_block, sequential_result
from toyevm.bench.cores.overheads import (
    Overheads,
    PredictedRow,
    break_even,
    fit_overheads,
    fitted_rows,
    predict_rows,
)
from toyevm.bench.cores.plans import Plan, plan_batches, plan_by_conflicts
from toyevm.bench.cores.shipping import StartTimes, send_seconds, start_times
from toyevm.bench.machine import describe_computer
from toyevm.bench.sweep.cluster import dask_executor, thread_count
from toyevm.errors import InputError, InvalidBlock
from toyevm.results import BlockResult
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.hashing_blocks import hashing_block
from toyevm.workloads.mainnet import load_block
from toyevm.workloads.transfers import to_many

LOADS = (2**16, 2**18, 2**20)  # bytes that tasks of one grain carry, to see what a byte costs
LOADED_GRAIN = 1e-3
SECONDS = 0.15  # of work in a row of grains, at most
COURSE_BLOCK, LARGE_BLOCK = 40, 800  # transactions; a block of 30 million gas holds no more token payments
HASHERS, HASHES = 40, 8_000  # transactions of some milliseconds that need nothing of each other
BATCHES = 4  # for each core
WAYS: tuple[Callable[[], Way], ...] = (threads_under_gil, free_threading, subinterpreters)

Report = dict[str, Any]


@dataclass(frozen=True)
class NamedBlock:
    """A block to measure, what is right, and where processes find it."""

    name: str
    kept: SharedBlock
    right: BlockResult


@dataclass(frozen=True)
class CoresBench:
    """Everything that must be there before the first clock starts, processes included."""

    executor: Executor
    kind: str
    cores: int
    blocks: Sequence[NamedBlock]
    starts: StartTimes | None  # of processes on this computer
    load: float | None  # programs that were running or waiting, over the last minute

    def count(self, repeats: int) -> int:
        """Return how many pieces of work `measure` announces."""
        plans = sum(len(self._plans(block)) for block in self.blocks)
        return repeats * (len(GRAINS) + len(LOADS)) + len(WAYS) + plans

    def measure(self, repeats: int, progress: Callable[[str], None] = lambda name: None) -> Report:
        """Measure everything; `progress` is told the name of each piece before its turn."""
        points = [(grain, 0) for grain in GRAINS] + [(LOADED_GRAIN, load) for load in LOADS]
        grains = measure_points(self.executor, points, self.cores, SECONDS, repeats, progress)
        long_enough = [row for row in grains if row.grain >= LOADED_GRAIN and not row.sent]
        predicted = predict_rows(fitted_rows(grains), grains)
        overheads = fit_overheads(fitted_rows(grains))
        rows = [_grain_row(row) for row in predicted]
        rows += [_way_row(way, progress) for way in WAYS]
        for block in self.blocks:
            rows += self._block_rows(block, repeats, progress)
        return {
            "environment": self._environment(repeats),
            "overheads": _describe_overheads(overheads, self.cores),
            "prediction": judge_predictions(predicted),
            "shareOfControl": median(row.share_of_control for row in long_enough),
            "rows": rows,
        }

    def _environment(self, repeats: int) -> Report:
        return describe_computer() | {
            "usableCores": usable_cores(),
            "tasksAtOnce": self.cores,
            "executor": self.kind,
            "repeats": repeats,
            "loadBefore": self.load,
            "startSeconds": asdict(self.starts) if self.starts else None,
        }

    def _plans(self, block: NamedBlock) -> dict[str, Plan]:
        recipient, results = block.kept.block.header.coinbase, block.right.results
        return {
            "by conflicts": plan_by_conflicts(results, self.cores, recipient),
            "batches": plan_batches(len(results), BATCHES * self.cores),
        }

    def _block_rows(self, block: NamedBlock, repeats: int, progress: Callable[[str], None]) -> Iterator[Report]:
        sending = send_seconds(self.executor, block.kept, self.cores)
        for title, plan in self._plans(block).items():
            progress(f"{block.name} {title}")
            measured = measure_block(self.executor, block.kept, plan, block.right, self.cores, repeats)
            yield _block_row(block, title, plan, measured) | {
                "stateBytes": len(block.kept.as_sent),
                "sendSeconds": sending,
            }


@contextmanager
def open_bench(files: Sequence[Path] = (), dask: str | None = None, cores: int | None = None) -> Iterator[CoresBench]:
    """Prepare blocks and processes, and yield what measures them; in the end the processes are gone.

    Call it before there are threads, as a progress bar starts: else processes cannot be forked and are sent the state.

    Args:
        files: real blocks, beside the block of the course, one of token payments and one of long transactions.
        dask: the address of a cluster, in place of processes on this computer.

    Raises:
        InputError: a file that holds no block, an address where no cluster is.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    named: dict[str, BlockWork] = {
        "course block": APPLICATIONS["mixed"](COURSE_BLOCK),
        "token payments": to_many(LARGE_BLOCK, token=True),
        "hashing": hashing_block([1] * HASHERS, unit=HASHES),
    }
    named |= {path.name.partition(".")[0]: load_block(path) for path in files}
    with ExitStack() as stack:
        cluster = stack.enter_context(dask_executor(dask)) if dask is not None else None
        blocks = [NamedBlock(name, stack.enter_context(keep(work)), _right(name, work)) for name, work in named.items()]
        if cluster is not None:
            yield CoresBench(cluster, f"Dask at {dask}", cores or thread_count(cluster), blocks, None, load)
            return
        cores = cores or usable_cores()
        starts = start_times(cores)
        kind = "forked processes" if can_fork() else "spawned processes"
        processes = stack.enter_context(kept_processes(cores))
        yield CoresBench(processes, kind, cores, blocks, starts, load)


def _right(name: str, work: BlockWork) -> BlockResult:
    try:
        return sequential_result(work)
    except InvalidBlock as error:
        raise InputError(str(error), name, "a valid block") from error


def judge_predictions(rows: Sequence[PredictedRow]) -> Report:
    """Return how far the model was off on rows that it was not fitted on, and the most on those that it was."""
    errors = sorted(abs(row.error) for row in rows if not row.fitted)
    return {
        "heldOut": len(errors),
        "medianError": median(errors),
        "largestError": errors[-1],
        "largestFittedError": max(abs(row.error) for row in rows if row.fitted),
    }


def is_right(row: Report) -> bool:
    """Tell whether a row's block came out as the sequential backend has it; rows of other kinds are."""
    return bool(row.get("equal", True))


def _describe_overheads(overheads: Overheads, cores: int) -> Report:
    many_tasks = break_even(overheads, 100 * cores, cores)
    return asdict(overheads) | {"breakEvenGrain": many_tasks if many_tasks != float("inf") else None}


def _grain_row(predicted: PredictedRow) -> Report:
    row: GrainRow = predicted.row
    return {
        "kind": "grain",
        "grain": row.grain,
        "taskSeconds": row.task_seconds,
        "tasks": row.tasks,
        "cores": row.cores,
        "sent": row.sent,
        "one": row.one,
        "many": row.many,
        "control": row.control,
        "speedup": row.speedup,
        "controlSpeedup": row.control_speedup,
        "shareOfControl": row.share_of_control,
        "predicted": predicted.predicted,
        "error": predicted.error,
        "fitted": predicted.fitted,
    }


def _way_row(measure: Callable[[], Way], progress: Callable[[str], None]) -> Report:
    progress("threads, interpreters")
    way = measure()
    return {
        "kind": "way",
        "name": way.name,
        "speedup": way.control.speedup if way.control else None,
        "whyNot": way.why_not,
    }


def _block_row(block: NamedBlock, title: str, plan: Plan, measured: MeasuredBlock) -> Report:
    return {
        "kind": "block",
        "block": block.name,
        "plan": title,
        "transactions": len(block.right.results),
        "tasks": len(plan),
        "equal": not measured.differences,
        "differences": list(measured.differences),
        "one": measured.one,
        "many": measured.many,
        "execute": measured.execute,
        "merge": measured.merge,
        "tail": measured.tail,
        "speedup": measured.speedup,
        "speedupWithTail": measured.speedup_with_tail,
        "controlSpeedup": measured.control_speedup,
        "shareOfControl": measured.share_of_control,
        "ranAgain": measured.ran_again,
        "returned": measured.returned,
        "stateSent": measured.state_sent,
    }
