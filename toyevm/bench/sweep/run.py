"""Run a sweep: hand every point that is missing to an executor, and keep each row as it comes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass

from toyevm.bench.sweep.grid import Grid, Point
from toyevm.bench.sweep.point import Row, run_point
from toyevm.bench.sweep.store import Store


@dataclass(frozen=True)
class Sweep:
    """What a sweep found: rows in the order of the grid, and for each point that failed, the reason."""

    rows: tuple[Row, ...]
    failures: dict[Point, str]


def run_sweep(
    grid: Grid, executor: Executor, store: Store | None = None, progress: Callable[[str], None] = lambda name: None
) -> Sweep:
    """Compute the points of a grid, each once, and return them all; one that fails does not stop the others.

    Args:
        executor: any; it stays open. Points that it has not begun are taken back when this ends early.
        store: keeps every row at once, and knows those of an earlier, interrupted run, which are not computed again.
        progress: is told the name of each point that is done.

    Raises:
        InputError: the store cannot be written.
    """
    rows = dict(store.rows) if store else {}
    failures: dict[Point, str] = {}
    futures: dict[Future[Row], Point] = {}
    try:
        for point in grid.points():
            if point not in rows:
                futures[_submit(executor, point)] = point
        for future in as_completed(futures):
            point = futures[future]
            try:
                rows[point] = row = future.result()
            except Exception as error:
                failures[point] = _reason(error)
            else:
                if store:
                    store.add(point, row)
            progress(str(point))
    finally:
        for future in futures:
            future.cancel()
    if store and not failures:
        store.finish()
    in_order = tuple(rows[point] for point in grid.points() if point in rows)
    return Sweep(in_order, {point: failures[point] for point in grid.points() if point in failures})


def _submit(executor: Executor, point: Point) -> Future[Row]:
    """Hand a point over; an executor that takes no more, because it is broken, gives a future that has failed."""
    try:
        return executor.submit(run_point, point)
    except RuntimeError as error:
        failed: Future[Row] = Future()
        failed.set_exception(error)
        return failed


def _reason(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
