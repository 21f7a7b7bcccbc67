"""Real processes: what they inherit and what they are sent; they end with their parent; Ctrl-C is clean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.conftest import REPOSITORY
from toyevm.backends import processes
from toyevm.backends.processes import can_fork
from toyevm.bench.cores import burn_control, executors, run_grains
from toyevm.bench.cores.executors import free_threading, gil_is_on, subinterpreters, threads_under_gil

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks safely")
INHERIT = """
import sys
from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.processes import can_fork
from toyevm.bench.cores import keep, kept_processes, plan_batches, run_block_on
from toyevm.workloads.transfers import to_many, to_one_shop
work, other = to_one_shop(8, token=True), to_many(4)
with keep(work) as kept, kept_processes(2) as executor, keep(other) as later:
    right = BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result
    ran = run_block_on(executor, kept, plan_batches(8, 2), cores=2)
    sent = run_block_on(executor, later, plan_batches(4, 2), cores=2)
    print(ran.differences(right, kept), ran.ran_again, ran.state_sent, sent.state_sent > 0)
"""
WORK = """
import os, sys, time
from pathlib import Path
from toyevm.bench.cores import kept_processes
from tests.bench.cores.test_processes import note_and_sleep
if __name__ == "__main__":
    with kept_processes(2) as executor:
        waits = [executor.submit(note_and_sleep, sys.argv[1]) for _ in range(2)]
        [wait.result() for wait in waits]
"""


def note_and_sleep(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    sleep(60)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(what: Callable[[], bool], limit: float = 30.0) -> None:
    end = monotonic() + limit
    while not what():
        assert monotonic() < end
        sleep(0.02)


@linux
def test_forked_processes_inherit_what_is_kept_and_are_sent_what_came_later() -> None:
    done = subprocess.run([sys.executable, "-c", INHERIT], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.strip() == "[] (4, 5, 6, 7) 0 True"


@linux
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_forked_processes_end_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    script = tmp_path / "work.py"
    script.write_text(WORK)
    folder = tmp_path / "pids"
    folder.mkdir()
    command = [sys.executable, str(script), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as parent:
        wait_for(lambda: len(list(folder.iterdir())) == 2)
        children = [int(path.name) for path in folder.iterdir()]
        if how == signal.SIGINT:
            os.killpg(parent.pid, how)  # as a terminal does: to all
        else:
            parent.send_signal(how)
        _, said = parent.communicate(timeout=30)
    wait_for(lambda: not any(map(is_running, children)))
    assert said.count("Traceback") == (1 if how == signal.SIGINT else 0), said


@linux
def test_beside_a_thread_nothing_is_forked() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_only_linux_forks(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.sys, "platform", platform)
    assert not can_fork()


def test_rows_have_the_tasks_and_bytes_asked_for() -> None:
    with ThreadPoolExecutor(2) as threads:
        fast, slow = run_grains(threads, (1e-6, 2e-4), cores=2, seconds=0.002, repeats=1, sent=7)
        control = burn_control(threads, 2, seconds=0.001, repeats=1)
    assert (fast.tasks, slow.tasks) == (2000, 10)
    assert (fast.cores, fast.sent, fast.grain) == (2, 7, 1e-6)
    assert min(fast.one, fast.many, fast.control, control.seconds, control.speedup) > 0
    assert slow.speedup == slow.one / slow.many
    assert slow.share_of_control == slow.control / slow.many


def test_what_this_python_has_is_measured_and_what_it_has_not_is_said() -> None:
    threads, free, interpreters = (way(2, 0.001, 1) for way in (threads_under_gil, free_threading, subinterpreters))
    assert gil_is_on() == (threads.control is not None) == (free.control is None)
    assert (interpreters.control is not None) == hasattr(executors.futures, "InterpreterPoolExecutor")
    for way in (threads, free, interpreters):
        assert ("measured" in str(way)) == (way.control is not None) == (not way.why_not)


def test_a_build_without_the_gil_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert free_threading(2, 0.001, 1).control is not None
    assert threads_under_gil(2, 0.001, 1).why_not == "this Python runs without the GIL"


def test_interpreters_are_measured_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors.futures, "InterpreterPoolExecutor", ThreadPoolExecutor, raising=False)
    assert subinterpreters(2, 0.001, 1).control is not None
