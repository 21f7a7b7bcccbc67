"""The payments that are proven are those that the machine executes; peak memory counts helpers, and pages once."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.project import REPOSITORY
from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench import memory
from toyevm.bench.memory import peak_memory
from toyevm.bench.payment_batches import LARGEST, payment_batch
from toyevm.bench.proving import STEPS, PhaseClock, level, prove_batch
from toyevm.rollups.zk.payments.proofs import MAX_COUNT
from toyevm.rollups.zk.payments.values import UNIT
from toyevm.workloads.workload import SAVINGS

MEGABYTES = 60


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_proven_is_what_the_sequential_backend_makes_of_the_block(seed: int) -> None:
    batch = payment_batch(300, seed)
    workload = batch.workload
    run = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain))
    assert all(result.succeeded for result in run.result.results)
    after, tree = workload.pre.apply(run.result.diff).accounts, batch.tree.after(one.proven for one in batch.payments)
    for number, owner in batch.owners.items():
        assert tuple(tree.leaf(number)) == (after[owner].balance // UNIT, after[owner].nonce)
        assert after[owner].balance % UNIT == 0


def test_each_payment_is_signed_by_the_owner_of_its_payer() -> None:
    batch = payment_batch(20)
    for payment, tx in zip(batch.payments, batch.workload.block.transactions, strict=True):
        again = payment.transaction(batch.workload.chain.chain_id, batch.owners[payment.payee])
        assert again == tx
        assert again.sender == batch.owners[payment.payer]


def test_nobody_runs_out_in_the_longest_batch() -> None:
    assert LARGEST * MAX_COUNT <= SAVINGS // UNIT
    assert LARGEST > 1


def test_proving_tells_its_phases_and_the_clock_adds_them_up() -> None:
    told: list[str] = []
    clock = PhaseClock(told.append)
    signed, _ = prove_batch(payment_batch(1), "proven", clock)
    clock.stop()
    assert len(told) == STEPS
    assert told[0] == "trace"
    assert set(clock.seconds) == set(told)
    bits, assumption = level(signed)
    assert 100 <= bits == round(bits, 1)
    assert assumption.startswith("Johnson")


def _allocate(seconds: float = 0.0) -> None:
    block = bytearray(MEGABYTES * 10**6)
    block[::1024] = b"x" * len(block[::1024])
    time.sleep(seconds)


def _measured(work: Callable[[], object]) -> int:
    with peak_memory() as peak:
        work()
    assert peak.bytes is not None
    return peak.bytes


def test_memory_that_was_given_back_counts() -> None:
    assert _measured(_allocate) >= MEGABYTES * 10**6


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell what processes share")
def test_a_helper_counts_and_what_it_shares_counts_once() -> None:
    """In a process of its own: in one that has run other tests, a helper touches much of what it was given."""
    code = "from tests.bench.test_payment_batches import check_helper; check_helper()"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)


def check_helper() -> None:
    kept = bytearray(b"x" * (MEGABYTES * 10**6))
    alone = _measured(lambda: None)

    def helped() -> None:
        helper = multiprocessing.get_context("fork").Process(target=_allocate, args=(0.5,))
        helper.start()
        helper.join()

    more = _measured(helped) - alone
    assert 0.9 * MEGABYTES * 10**6 < more < 1.7 * MEGABYTES * 10**6
    assert len(kept) == MEGABYTES * 10**6


def test_without_the_systems_reports_the_high_water_marks_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("resource")
    monkeypatch.setattr(memory, "PROCESSES", tmp_path)
    assert _measured(_allocate) >= MEGABYTES * 10**6
