"""Two real processes: the same results as one, an end in time, and nobody left behind."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from toyevm.analysis.dependencies import dependency_graph
from toyevm.backends import BACKENDS, RunConfig, processes
from toyevm.backends.processes import RealRun, burn, execute_part, measure_processes, merge_parts
from toyevm.errors import InputError
from toyevm.teaching.kit.job import job_of
from toyevm.teaching.lessons.schedulers.plans import read_job
from toyevm.teaching.lessons.schedulers.real_run_view import RealPlans
from toyevm.workloads.hashing_blocks import hashing_block

UNIT = 20  # rounds: enough to see which is longer


def number_of_process(_: object) -> int:
    return os.getpid()


def fall_asleep(seconds: float) -> None:
    if multiprocessing.parent_process() is not None:
        sleep(seconds)


def note_and_sleep(folder: str) -> None:
    if multiprocessing.parent_process() is not None:
        (Path(folder) / str(os.getpid())).touch()
        sleep(60)


def give_up(_: object) -> None:
    raise ZeroDivisionError


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes run on one core too; they only take turns."""
    monkeypatch.setattr(processes, "usable_cores", lambda: 2)


@pytest.mark.usefixtures("two_cores")
def test_the_work_is_done_in_other_processes_which_end_with_it() -> None:
    run = measure_processes(number_of_process, [0, 1], repeats=1)
    assert run.problem == ""
    assert os.getpid() not in run.results
    assert run.one_process > 0
    assert run.many > 0
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("two_cores")
def test_a_process_that_never_answers_is_given_up_in_time() -> None:
    begun = perf_counter()
    run = measure_processes(fall_asleep, [60, 60], limit=1.5, repeats=1)
    assert "in time" in run.problem
    assert perf_counter() - begun < 20
    assert multiprocessing.active_children() == []


def is_running(pid: int) -> bool:
    """Whether a process is there, and no zombie that nobody has looked after."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().split(")")[-1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    end = perf_counter() + 20
    while not condition():
        assert perf_counter() < end, "it took too long"
        sleep(0.05)


def test_a_kernel_that_is_killed_leaves_no_processes_behind(tmp_path: Path) -> None:
    source = (
        "from tests.backends.test_processes import note_and_sleep, processes\n"
        f"processes.usable_cores = lambda: 2\nprocesses.measure_processes(note_and_sleep, [{str(tmp_path)!r}] * 2)"
    )
    with subprocess.Popen([sys.executable, "-c", source], cwd=REPOSITORY, stderr=subprocess.DEVNULL) as parent:
        try:
            wait_for(lambda: len(list(tmp_path.iterdir())) == 2)
            children = [int(path.name) for path in tmp_path.iterdir()]
            assert all(map(is_running, children))
        finally:
            parent.kill()
    wait_for(lambda: not any(map(is_running, children)))


@pytest.mark.usefixtures("two_cores")
def test_an_exception_in_the_work_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        measure_processes(give_up, [0, 1])


def test_on_one_core_the_run_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "usable_cores", lambda: 1)
    run = measure_processes(burn, [10, 20], repeats=1)
    assert "this computer offers 1" in run.problem
    assert run.results == (burn(10), burn(20))
    assert run.speedup == 1.0


@pytest.mark.usefixtures("two_cores")
def test_where_no_processes_can_be_had_the_run_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(multiprocessing, "get_context", refuse)
    run = measure_processes(burn, [10, 20], repeats=1)
    assert (run.problem, run.results) == ("no processes can be had here (PermissionError)", (burn(10), burn(20)))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to a core")
def test_the_usable_cores_are_those_the_process_is_bound_to() -> None:
    source = "import os; from toyevm.backends.processes import usable_cores\n"
    source += "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); print(usable_cores())"
    done = subprocess.run([sys.executable, "-c", source], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_the_speed_up_is_one_process_over_many() -> None:
    assert RealRun((), 3.0, 1.5).speedup == 2.0


def test_a_mill_block_has_the_lengths_and_waits_asked_for() -> None:
    workload = hashing_block([3, 1, 2], unit=500, slots=[7, 8, 7])
    outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain)).result
    assert all(result.succeeded for result in outcome.results)
    gas = [result.gas_used for result in outcome.results]
    assert gas[0] > gas[2] > gas[1]
    assert (gas[0] - gas[1]) / (2 * 500) == pytest.approx(72, abs=1)
    assert dependency_graph(outcome.results, workload.block.header.coinbase).predecessors == ((), (), (0,))


def test_independent_parts_merge_into_the_same_state() -> None:
    workload = hashing_block([3, 1, 2, 1], unit=UNIT)
    pre, block = workload.pre, workload.block
    expected = pre.apply(execute_part((pre, block)))
    parts = [[0, 3], [1, 2]]
    changes = [execute_part((pre, _part(block, part))) for part in parts]
    assert merge_parts(pre, changes, block.header.coinbase).root == expected.root
    assert merge_parts(pre, changes[:1], block.header.coinbase).root != expected.root


def _part(block: Any, part: list[int]) -> Any:
    return type(block)(block.header, tuple(block.transactions[i] for i in part))


def test_the_table_shows_control_and_plans_beside_the_simulated_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "usable_cores", lambda: 1)
    job = read_job("A 3, B 2, C 2, D 3, E 2")
    run = RealPlans(hashing_block(job.costs, UNIT), job, {"mine": "A:1 D:1 B:2 C:2 E:2", "longest": "longest first"})
    assert run.agrees
    assert {title: round(value, 2) for title, value in run.simulated.items()} == {"mine": 2.0, "longest": 1.71}
    lines = run.text.split("\n")
    assert [line.split()[0] for line in lines[2:]] == ["control", "mine", "longest"]
    assert all("this computer offers 1" in line for line in lines[2:])
    stored = run._repr_mimebundle_()["text/plain"]
    assert "not stored" in stored
    assert not any(letter.isdigit() for letter in stored)


def test_a_plan_with_another_result_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "usable_cores", lambda: 1)
    run = RealPlans(hashing_block([1, 1], UNIT), read_job("A 1, B 1"), {"mine": "A:1 B:2"})
    lost = run.measured["mine"]
    run.measured["mine"] = RealRun(lost.results[:1], lost.one_process)
    assert not run.agrees


def test_a_block_with_dependencies_is_refused() -> None:
    workload = hashing_block([1, 1], UNIT, slots=[0, 0])
    outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain)).result
    job = job_of("chain", outcome.results, workload.block.header.coinbase, "AB")
    with pytest.raises(InputError, match="waits for another"):
        RealPlans(workload, job, {"mine": "A:1 B:2"})
