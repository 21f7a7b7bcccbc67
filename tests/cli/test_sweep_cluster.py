"""A sweep on a real Dask cluster of processes gives the same file, also when a worker is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command
from tests.support.executors import die
from toyevm.bench.sweep import Grid, LocalProcesses, Store, read_store, run_sweep
from toyevm.bench.sweep import cluster as clusters
from toyevm.bench.sweep.cluster import dask_executor
from toyevm.errors import InputError

GRID = Grid(("ether", "erc20"), (0.0, 1.0), (0, 1), ("sequential", "optimistic", "two_phase"), (1, 4), transactions=3)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, each a process."""
    distributed = pytest.importorskip("distributed", reason="no Dask here: pip install 'toyevm[cluster]'")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as made:
        yield made


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file that local processes give."""
    path = tmp_path_factory.mktemp("local") / "sweep.jsonl"
    with Store(path, GRID) as store, LocalProcesses(1) as executor:
        run_sweep(GRID, executor, store)
    return path.read_bytes()


def test_a_cluster_gives_the_same_file(cluster: Any, tmp_path: Path, right: bytes) -> None:
    with dask_executor(cluster.scheduler_address) as executor, Store(tmp_path / "sweep.jsonl", GRID) as store:
        assert run_sweep(GRID, executor, store).failures == {}
    assert (tmp_path / "sweep.jsonl").read_bytes() == right


def test_a_cluster_goes_on_where_local_processes_stopped(cluster: Any, tmp_path: Path, right: bytes) -> None:
    path = tmp_path / "sweep.jsonl"
    path.write_bytes(b"".join(right.splitlines(keepends=True)[:20]))
    with dask_executor(cluster.scheduler_address) as executor, Store(path, GRID) as store:
        assert len(store.rows) == 19
        run_sweep(GRID, executor, store)
    assert path.read_bytes() == right


def test_a_worker_that_is_killed_loses_no_point(cluster: Any, tmp_path: Path, right: bytes) -> None:
    path = tmp_path / "sweep.jsonl"
    killed: list[int] = []

    def kill_one(name: str) -> None:
        if not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    with dask_executor(cluster.scheduler_address) as executor, Store(path, GRID) as store:
        sweep = run_sweep(GRID, executor, store, kill_one)
    assert killed
    assert sweep.failures == {}
    assert path.read_bytes() == right


class Deadly(Executor):
    """An executor at which one point ends whoever takes it."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self.executor.submit(die if args[0] == next(GRID.points()) else fn, *args)


def test_a_point_that_ends_every_worker_is_reported_and_the_sweep_resumed(
    cluster: Any, tmp_path: Path, right: bytes
) -> None:
    path = tmp_path / "sweep.jsonl"
    cluster.scheduler.allowed_failures = 0  # of workers, before a point is given up
    with dask_executor(cluster.scheduler_address) as executor, Store(path, GRID) as store:
        sweep = run_sweep(GRID, Deadly(executor), store)
    first = next(GRID.points())
    assert first in sweep.failures  # those that waited at the same worker may be given up with it
    assert all(reason.startswith("KilledWorker") for reason in sweep.failures.values())
    assert len(sweep.rows) + len(sweep.failures) == len(GRID)
    cluster.scheduler.allowed_failures = 3
    with dask_executor(cluster.scheduler_address) as executor, Store(path, GRID) as store:
        run_sweep(GRID, executor, store)
    assert path.read_bytes() == right


def test_the_command_runs_on_a_cluster(cluster: Any, tmp_path: Path, toyevm: Command, right: bytes) -> None:
    path = tmp_path / "sweep.jsonl"
    path.write_bytes(right.splitlines(keepends=True)[0])
    report = toyevm.succeeds("sweep", "run", path, "--dask", cluster.scheduler_address)
    assert len(report["rows"]) == report["points"] == len(GRID)
    assert path.read_bytes() == right


def test_a_cluster_without_workers_is_refused() -> None:
    distributed = pytest.importorskip("distributed", reason="no Dask here: pip install 'toyevm[cluster]'")
    with distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", silence_logs=50) as empty:  # noqa: SIM117
        with pytest.raises(InputError, match="has no workers"), dask_executor(empty.scheduler_address, patience=0.5):
            pass


def test_a_worker_with_another_toyevm_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "own_version", lambda: "99.0")
    address = cluster.scheduler_address
    with pytest.raises(InputError, match=r"has toyevm .* \(expected toyevm 99.0"), dask_executor(address):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "ftp://127.0.0.1:9", ""])
def test_an_address_where_nobody_answers_is_refused(address: str) -> None:
    pytest.importorskip("distributed", reason="no Dask here: pip install 'toyevm[cluster]'")
    with pytest.raises(InputError, match="no Dask scheduler at"), dask_executor(address, patience=1.0):
        pass


def test_without_dask_one_line_says_what_to_install(
    toyevm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = toyevm.refuses("sweep", "run", tmp_path / "sweep.jsonl", "--dask", "tcp://127.0.0.1:8786")
    assert words == "--dask: Dask is not installed (expected pip install 'toyevm[cluster]')"
    assert not (tmp_path / "sweep.jsonl").exists() or read_store(tmp_path / "sweep.jsonl").rows == {}
