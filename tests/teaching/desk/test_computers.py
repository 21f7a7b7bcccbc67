"""How many submissions run at a time; and a Dask cluster gives the same marks, also when a worker is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.desk.klass import a_class, marked
from toyevm.errors import InputError
from toyevm.teaching.desk import computers
from toyevm.teaching.desk.computers import default_jobs, markers
from toyevm.teaching.desk.worker import Elsewhere
from toyevm.teaching.grading.sandbox import Limits, open_sandbox

pytestmark = pytest.mark.usefixtures("marker")

COUNT = 8


@pytest.mark.parametrize(
    ("cores", "free", "expected"), [(2, 64, 2), (16, 64, 16), (16, 5, 5), (16, 0, 1), (1, 64, 1), (4, None, 4)]
)
def test_a_job_a_core_and_no_more_than_memory_allows(
    cores: int, free: int | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computers, "usable_cores", lambda: cores)
    monkeypatch.setattr(computers, "_MEMORY", tmp_path / "meminfo")
    if free is not None:
        (tmp_path / "meminfo").write_text(f"MemTotal:  99999 kB\nMemAvailable:  {free << 20} kB\n")
    assert default_jobs(Limits(memory=1 << 30)) == expected


def test_an_error_does_not_wait_for_what_runs() -> None:
    begun, waits = time.monotonic(), []
    with suppress(KeyboardInterrupt), markers(1) as executor:
        waits += [executor.submit(time.sleep, 3), executor.submit(time.sleep, 3)]
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 2
    assert waits[1].cancelled()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, each a process."""
    distributed = pytest.importorskip("distributed", reason="no Dask here: pip install 'toyevm[cluster]'")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as made:
        yield made


@pytest.mark.slow
def test_a_cluster_gives_the_same_marks_also_when_a_worker_is_killed(
    cluster: Any, sample: Path, release: Path, tmp_path: Path
) -> None:
    intake, place = a_class(release, COUNT), Elsewhere((sample / "solutions",))
    with markers(2) as executor:
        marked(sample, intake, tmp_path / "here", executor, place=open_sandbox(place.secrets, place.limits))
    killed: list[int] = []

    def kill_one(name: str, left: int) -> None:
        if name and not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    with markers(1, cluster.scheduler_address) as executor:
        graded = marked(sample, intake, tmp_path / "there", executor, place=place, progress=kill_one)
    assert killed
    assert graded.faults == []
    assert (tmp_path / "there" / "marks.csv").read_bytes() == (tmp_path / "here" / "marks.csv").read_bytes()


def test_a_cluster_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no Dask scheduler"), markers(1, "nowhere"):
        pass
