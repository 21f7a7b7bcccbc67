import multiprocessing
import os
import signal
import threading
import time
import warnings
from random import Random

import numpy as np
import pytest

from tests.rollups.zk.payments.batches import random_accounts, random_payments
from toyevm.errors import InputError
from toyevm.rollups.zk import fibonacci, parallel, stark
from toyevm.rollups.zk.air import Air, Columns
from toyevm.rollups.zk.merkle import build_tree
from toyevm.rollups.zk.parallel import HelperDied, Team
from toyevm.rollups.zk.payments.proofs import check_payments, prove_payments
from toyevm.rollups.zk.payments.trace import payments_trace

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no process can be forked here"
)
TREE = random_accounts(Random(1))
PAYMENTS = random_payments(Random(2), TREE, 2)
QUICK = stark.StarkParameters(queries=6, grinding=4)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 64])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_team_does_each_part_once(size: int, count: int) -> None:
    team = Team(size)
    done = team.array((count, 2), np.uint64)
    done[:] = 0

    def work(some: slice) -> None:
        done[some] += np.uint64(1)

    team.share(work, count)
    assert done.tolist() == [[1, 1]] * count


def test_helpers_are_other_processes() -> None:
    pids = Team(3).array((3,), np.int64)

    def work(some: slice) -> None:
        pids[some] = os.getpid()

    Team(3).share(work, 3)
    assert len(set(pids.tolist())) == 3
    assert pids[0] == os.getpid()


@pytest.mark.parametrize("processes", [2, 3])
def test_the_number_of_processes_changes_no_byte(processes: int) -> None:
    alone = prove_payments(TREE, PAYMENTS, QUICK, processes=1)
    assert prove_payments(TREE, PAYMENTS, QUICK, processes=processes) == alone
    assert check_payments(*alone, QUICK).valid
    assert (payments_trace(TREE, PAYMENTS, Team(processes)) == payments_trace(TREE, PAYMENTS)).all()


@pytest.mark.parametrize("size", [1, 2, 32, 64, 256])
def test_a_tree_that_several_have_grown_is_the_same(size: int) -> None:
    rows = np.arange(size * 3, dtype="<u4").reshape(size, 3)
    alone, together = build_tree(rows), build_tree(rows, Team(3))
    assert [level.tolist() for level in alone.levels] == [level.tolist() for level in together.levels]


def test_what_fails_in_a_helper_fails_here() -> None:
    def work(some: slice) -> None:
        if some.start:
            raise ValueError("the second part")

    with pytest.raises(ValueError, match="the second part"):
        Team(2).share(work, 2)
    assert not multiprocessing.active_children()


def test_a_wrong_air_is_named_whatever_the_number_of_processes() -> None:
    statement = fibonacci.fibonacci_square(32, 3)

    def transitions(now: Columns, following: Columns, periodic: Columns) -> list[Columns]:
        return statement.transitions(now, following, periodic)[:1]

    wrong = Air("short", 2, 2, 2, transitions, statement.boundary, (0, 1))
    with pytest.raises(ValueError, match="short: 1 transition constraints, not 2"):
        stark.prove(wrong, fibonacci.fibonacci_trace(32, 3), QUICK, processes=2)
    assert not multiprocessing.active_children()


def test_a_killed_helper_is_a_clear_error() -> None:
    def work(some: slice) -> None:
        if some.start:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(HelperDied, match="a helper process was killed by signal 9: perhaps"):
        Team(2).share(work, 2)
    assert not multiprocessing.active_children()


def test_a_helper_that_hangs_is_ended_and_its_part_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "PATIENCE", 0.2)
    here, done = os.getpid(), Team(2).array((2,))
    done[:] = 0

    def work(some: slice) -> None:
        if os.getpid() != here:
            time.sleep(100)
        done[some] = 1

    Team(2).share(work, 2)
    assert done.tolist() == [1, 1]
    assert not multiprocessing.active_children()


def test_a_team_works_beside_busy_threads_and_without_a_warning() -> None:
    """A notebook's process has threads; Python 3.12 and later warn of that."""
    done, matrix = threading.Event(), np.ones((100, 100))

    def be_busy() -> None:
        while not done.wait(0.001):
            print((matrix @ matrix).sum(), end="\r")

    threads = [threading.Thread(target=be_busy, daemon=True) for _ in range(3)]
    sums = Team(2).array((2,))

    def work(some: slice) -> None:
        sums[some] = turn + int((matrix @ matrix)[0, 0])

    with parallel.one_blas_thread(), warnings.catch_warnings():
        warnings.simplefilter("error")
        for thread in threads:
            thread.start()
        for turn in range(10):
            Team(2).share(work, 2)
            assert sums.tolist() == [turn + 100] * 2
        done.set()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_an_interrupted_prover_leaves_no_process() -> None:
    def work(some: slice) -> None:
        if some.start:
            time.sleep(100)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)

    with pytest.raises(KeyboardInterrupt):
        Team(2).share(work, 2)
    assert not multiprocessing.active_children()


def test_large_traces_get_two_processes_where_two_cores_are(monkeypatch: pytest.MonkeyPatch) -> None:
    large, small = 8192 * 357, 64 * 2
    monkeypatch.setattr(parallel.sys, "platform", "linux")
    for cores in (1, 2, 16):
        monkeypatch.setattr(parallel, "usable_cores", lambda cores=cores: cores)
        assert parallel.team_for(large) == Team(min(2, cores))
        assert parallel.team_for(small) == Team(1)
    monkeypatch.setattr(parallel.sys, "platform", "darwin")
    assert parallel.team_for(large) == Team(1)
    assert parallel.team_for(large, 2) == Team(2)


def test_without_fork_there_is_one_process_and_more_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel.multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    monkeypatch.setattr(parallel.sys, "platform", "win32")
    assert parallel.team_for(8192 * 357) == Team(1)
    assert parallel.team_for(8192 * 357, 1) == Team(1)
    with pytest.raises(InputError, match=r"processes: 2 processes cannot prove \(expected 1, as no process can be"):
        parallel.team_for(8192 * 357, 2)


@pytest.mark.parametrize("processes", [0, -1])
def test_less_than_one_process_is_refused(processes: int) -> None:
    with pytest.raises(InputError, match="expected 1 or more"):
        prove_payments(TREE, PAYMENTS, QUICK, processes=processes)


def test_blas_has_one_thread_while_proving_and_what_it_had_after() -> None:
    from threadpoolctl import threadpool_info

    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    before = threads()
    with parallel.one_blas_thread():
        assert set(threads()) <= {1}
    assert threads() == before


def test_without_threadpoolctl_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    parallel._controller.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "threadpoolctl", None)
    with pytest.raises(InputError, match="threadpoolctl is not installed"), parallel.one_blas_thread():
        pass
