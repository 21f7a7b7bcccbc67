"""A sweep gives the same rows and the same file, whatever computes its points, in whatever order, with what pauses."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.executors import Here, InOrder
from toyevm.backends import BACKENDS, RunConfig, hints_of
from toyevm.bench.sweep import COLUMNS, Grid, LocalProcesses, Point, Store, read_store, run_point, run_sweep
from toyevm.bench.sweep.panels import make_panels
from toyevm.bench.sweep.processes import WorkerDied
from toyevm.errors import AssemblerError, InputError
from toyevm.simulation.costs import CostModel
from toyevm.simulation.metrics import measure
from toyevm.workloads.contention import DIALS

GRID = Grid(("ether", "amm"), (0.0, 1.0), (0, 1), ("sequential", "optimistic"), (1, 3), transactions=3)
SIZE = 32


@pytest.fixture(scope="module")
def right() -> bytes:
    """The file of the sweep that nothing has disturbed."""
    with TemporaryDirectory() as folder:
        return swept(Path(folder), Here())


def swept(folder: Path, executor: Executor, name: str = "sweep.jsonl") -> bytes:
    with Store(folder / name, GRID) as store:
        assert run_sweep(GRID, executor, store).failures == {}
    return (folder / name).read_bytes()


class Interrupted(Exception):
    """Stands for whatever ends a sweep early."""


def stop_after(count: int) -> Callable[[str], None]:
    done: list[str] = []

    def progress(name: str) -> None:
        done.append(name)
        if len(done) == count:
            raise Interrupted

    return progress


def test_a_grid_has_every_combination_once_in_order() -> None:
    points = list(GRID.points())
    assert len(points) == len(set(points)) == len(GRID) == SIZE
    assert points[:3] == [
        Point("ether", 0.0, 0, "sequential", 1, 3),
        Point("ether", 0.0, 0, "sequential", 3, 3),
        Point("ether", 0.0, 0, "optimistic", 1, 3),
    ]
    assert str(points[1]) == "ether at 0, seed 0, sequential on 3 cores"


def test_a_row_is_what_its_backend_takes_for_its_block() -> None:
    point = Point("erc20", 0.5, 2, "declared_locks", 4, transactions=12)
    row = run_point(point)
    workload = DIALS["erc20"](0.5, 12, 2)
    sequential = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain))
    coinbase = workload.block.header.coinbase
    hints = hints_of(sequential.result.results, coinbase)
    run = BACKENDS.named("declared_locks").execute_block(
        workload.pre, workload.block, RunConfig(workload.chain, cores=4, hints=hints)
    )
    metrics = measure(run, 4, coinbase, costs=CostModel())
    assert (row["makespan"], row["work"], row["aborts"]) == (metrics.makespan, metrics.work, metrics.aborts)
    assert row["equal"]
    assert row["hintBytes"] == hints.byte_sizes["locks"]
    assert {name: type(value) for name, value in row.items()} == COLUMNS
    alone = run_point(replace(point, hints=False))
    assert (alone["dryRuns"], alone["hintBytes"]) == (12, 0)


def test_a_row_hangs_on_nothing_that_was_computed_before() -> None:
    points = list(Grid(("erc20",), (0.5,), (0,), cores=(2, 8), transactions=20).points())
    assert {point: run_point(point) for point in reversed(points)} == {point: run_point(point) for point in points}


@pytest.mark.parametrize(
    "make",
    [
        lambda: LocalProcesses(2),
        lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
        lambda: ThreadPoolExecutor(1),
    ],
    ids=["local processes", "process pool", "thread"],
)
def test_every_executor_gives_the_same_file(make: Callable[[], Executor], tmp_path: Path, right: bytes) -> None:
    with make() as executor:
        assert swept(tmp_path, executor) == right


@settings(max_examples=25)
@given(st.permutations(range(SIZE)))
def test_the_order_of_completion_does_not_change_the_file(right: bytes, order: list[int]) -> None:
    with TemporaryDirectory() as folder:
        assert swept(Path(folder), InOrder(order)) == right


@settings(max_examples=25)
@given(st.permutations(range(SIZE)), st.integers(1, SIZE), st.binary(max_size=40))
def test_an_interrupted_sweep_goes_on_without_loss(right: bytes, order: list[int], count: int, torn: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.jsonl"
        with Store(path, GRID) as store, pytest.raises(Interrupted):
            run_sweep(GRID, InOrder(order), store, stop_after(count))
        kept = read_store(path).rows
        assert len(kept) == count
        with path.open("ab") as file:
            file.write(torn.replace(b"\n", b" "))  # half a line, of whatever
        rest = Here()
        assert swept(Path(folder), rest) == right
        assert set(rest.asked) == set(GRID.points()) - set(kept)
        assert len(rest.asked) == SIZE - count


class Idle(Here):
    """Does the first point, and lets the others wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not self.asked:
            return super().submit(fn, *args)
        self.waiting.append(Future())
        return self.waiting[-1]


def test_a_sweep_that_ends_early_takes_back_what_has_not_begun() -> None:
    executor = Idle()
    with pytest.raises(Interrupted):
        run_sweep(GRID, executor, progress=stop_after(1))
    assert len(executor.waiting) == SIZE - 1
    assert all(future.cancelled() for future in executor.waiting)


def test_a_panel_shows_the_median_over_seeds() -> None:
    fixed = {"workload": "ether", "contention": 0.5, "backend": "optimistic"}
    rows = [fixed | {"cores": cores, "speedup": speedup} for cores, speedup in ((4, 3.0), (2, 2.0), (4, 9.0), (4, 1.0))]
    (panel,) = make_panels(rows)
    assert (panel.title, panel.places, panel.lines) == (
        "ether, contention 0.5",
        (2, 4),
        {"optimistic": (2.0, 3.0)},
    )
    assert panel.to_text().splitlines()[-1] == "optimistic   2.00×   3.00×"


@settings(max_examples=25)
@given(st.data())
def test_a_file_cut_off_anywhere_is_taken_up(right: bytes, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(right)))
    with TemporaryDirectory() as folder:
        (Path(folder) / "sweep.jsonl").write_bytes(right[:length])
        rest = Here()
        assert swept(Path(folder), rest) == right
        whole = max(0, right[:length].count(b"\n") - 1)
        assert len(rest.asked) == SIZE - whole


def test_a_finished_sweep_computes_nothing_again(tmp_path: Path, right: bytes) -> None:
    assert swept(tmp_path, Here()) == right
    again = Here()
    assert swept(tmp_path, again) == right
    assert again.asked == []


def test_without_a_store_the_rows_are_in_the_order_of_the_grid(right: bytes, tmp_path: Path) -> None:
    (tmp_path / "right.jsonl").write_bytes(right)
    assert list(run_sweep(GRID, InOrder(range(SIZE)[::-1])).rows) == read_store(tmp_path / "right.jsonl").in_order()


class Sabotage(LocalProcesses):
    """Processes that die at one point, and fail at another."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        points = list(GRID.points())
        if args[0] == points[4]:
            return super().submit(os._exit, 7)
        return super().submit(int, "seven") if args[0] == points[9] else super().submit(fn, *args)


def test_a_worker_that_dies_is_reported_by_its_point_and_the_sweep_resumed(tmp_path: Path, right: bytes) -> None:
    points = list(GRID.points())
    with Store(tmp_path / "sweep.jsonl", GRID) as store, Sabotage(2) as executor:
        sweep = run_sweep(GRID, executor, store)
    assert set(sweep.failures) == {points[4], points[9]}
    assert "died (exit code 7)" in sweep.failures[points[4]]
    assert sweep.failures[points[9]].startswith("ValueError: invalid literal")
    assert len(sweep.rows) == SIZE - 2  # nobody else was disturbed
    rest = Here()
    assert swept(tmp_path, rest) == right
    assert rest.asked == [points[4], points[9]]


def test_a_pool_that_breaks_leaves_points_to_resume(tmp_path: Path, right: bytes) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        executor.submit(os._exit, 7)
        with Store(tmp_path / "sweep.jsonl", GRID) as store:
            sweep = run_sweep(GRID, executor, store)
    assert all(reason.startswith("BrokenProcessPool") for reason in sweep.failures.values())
    assert len(sweep.failures) + len(sweep.rows) == SIZE
    assert sweep.failures
    assert swept(tmp_path, Here()) == right


def test_local_processes_are_an_executor_like_any_other() -> None:
    with LocalProcesses(2) as executor:
        assert list(executor.map(abs, [-1, -2, -3])) == [1, 2, 3]
        assert isinstance(executor.submit(os._exit, 1).exception(timeout=60), WorkerDied)
        assert executor.submit(pow, 2, 5).result(timeout=60) == 32  # by a new process
        assert str(executor.submit(raise_what_cannot_be_sent).exception(timeout=60)) == (
            "AssemblerError: line 3: no word (expected a name)"
        )
        pids = [worker.process.pid for worker in executor._all]
    assert pids
    assert not any(worker.process.is_alive() for worker in executor._all)


def raise_what_cannot_be_sent() -> None:
    raise AssemblerError(3, "x", "no word", "a name")


def test_an_error_ends_the_processes_at_once() -> None:
    futures: list[Future[Any]] = []

    def start_and_stop() -> None:
        with LocalProcesses(1) as executor:
            futures.append(executor.submit(pow, 7, 10**9))  # takes longer than anybody waits
            futures.append(executor.submit(abs, -2))
            while not executor._all:
                sleep(0.01)
            raise Interrupted

    with pytest.raises(Interrupted):
        start_and_stop()
    busy, waiting = futures
    assert isinstance(busy.exception(timeout=60), WorkerDied)
    assert waiting.cancelled()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"workloads": ()}, "an empty grid: no workloads"),
        ({"cores": ()}, "an empty grid: no cores"),
        ({"cores": (2, 0)}, "cores 0"),
        ({"cores": (2, 2)}, "2 twice"),
        ({"contentions": (0, 0.0)}, "0.0 twice"),
        ({"contentions": (1.5,)}, "contention 1.5"),
        ({"contentions": (float("nan"),)}, "contention nan"),
        ({"seeds": (-1,)}, "seed -1"),
        ({"transactions": 0}, "transactions 0"),
        ({"workloads": ("nothing",)}, "unknown workload 'nothing'"),
        ({"backends": ("nobody",)}, "unknown backend 'nobody'"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        replace(GRID, **change)
