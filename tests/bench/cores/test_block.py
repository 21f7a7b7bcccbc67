"""A block on an executor gives what the sequential backend gives, by whatever plan."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.backends.cases import Case, all_cases
from tests.backends.random_blocks import random_case
from tests.support.executors import die
from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.cores import Plan, RealBlockRun, keep, plan_batches, plan_by_conflicts, run_block_on
from toyevm.bench.cores import block as module
from toyevm.bench.cores.kept import BlockWork
from toyevm.bench.sweep.processes import LocalProcesses
from toyevm.errors import InputError, InvalidBlock
from toyevm.results import BlockResult
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.mainnet import load_block
from toyevm.workloads.transfers import to_many, to_one_shop

THREADS = 2


def sequential(work: BlockWork) -> BlockResult:
    return BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result


def run(work: BlockWork, plan: Plan, executor: Executor | None = None) -> RealBlockRun:
    """Run a block, and insist that results, diff and root are the sequential ones."""
    with keep(work) as kept, ThreadPoolExecutor(THREADS) as threads:
        ran = run_block_on(executor or threads, kept, plan, cores=THREADS)
        assert ran.differences(sequential(work), kept) == []
        return ran


@pytest.mark.parametrize("tasks", [1, 2, 7])
def test_the_course_block_equals_sequential_and_a_plan_by_conflicts_needs_no_repeat(tasks: int) -> None:
    work = APPLICATIONS["mixed"](40)
    plan = plan_by_conflicts(sequential(work).results, tasks, work.block.header.coinbase)
    assert run(work, plan).ran_again == ()


def test_a_large_block_of_token_transfers_equals_sequential() -> None:
    work = to_many(400, token=True)
    assert run(work, plan_batches(400, 8)).ran_again == ()


def test_transactions_that_a_wrong_plan_tears_apart_run_again() -> None:
    work = to_one_shop(20, token=True)
    right = plan_by_conflicts(sequential(work).results, 2, work.block.header.coinbase)
    assert run(work, right).ran_again == ()
    assert len(right) == 1, "all pay the same shop"
    assert run(work, plan_batches(20, 2)).ran_again == tuple(range(10, 20)), "whoever has not seen the first half"


def test_whatever_reads_from_one_that_ran_again_runs_again() -> None:
    work = to_one_shop(6, token=True)
    assert run(work, ((0,), (1, 2, 3, 4, 5))).ran_again == (1, 2, 3, 4, 5)


def test_what_a_plan_leaves_out_runs_in_the_merge() -> None:
    assert run(to_many(6), ((0, 1), (5,))).ran_again == (2, 3, 4)


def test_a_task_in_the_wrong_order_is_found_out() -> None:
    assert run(to_one_shop(4, token=True), ((3, 2, 1, 0),)).ran_again == (0, 1, 2, 3)


def test_who_reads_the_fee_recipients_balance_runs_again() -> None:
    work = to_many(4)
    payer = work.block.transactions[3].sender
    paid = replace(work, block=replace(work.block, header=replace(work.block.header, coinbase=payer)))
    assert run(paid, ((0, 1, 2, 3),)).ran_again == (3,), "its balance has the fees of the others"


def scattered(case: Case, random: Random) -> Plan:
    """Return a plan that knows nothing: any order, some left out."""
    indexes = list(range(len(case.block.transactions)))
    random.shuffle(indexes)
    tasks = random.randint(1, 4)
    return tuple(tuple(indexes[i::tasks]) for i in range(tasks))[: random.randint(1, tasks)]


def judge(case: Case, plan: Plan) -> None:
    """Insist on what the sequential backend says, be it that the block is not valid."""
    assert verdict(lambda: run(case, plan)) == verdict(lambda: sequential(case))


def verdict(work: Callable[[], object]) -> tuple[str, int | None] | None:
    """Return why a block is not valid, and at which transaction; None if it is."""
    try:
        work()
    except InvalidBlock as error:
        return str(error), error.tx_index
    return None


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_any_plan_of_a_must_have_case_equals_sequential(case: Case) -> None:
    for seed in range(3):
        judge(case, scattered(case, Random(seed)))


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_any_plan_of_a_random_block_equals_sequential(first: int) -> None:
    for seed in range(first, first + 20):
        case = random_case(seed)
        judge(case, scattered(case, Random(seed)))


def test_a_real_block_in_batches_equals_sequential(toyevm_data: Path) -> None:
    work = load_block(toyevm_data / "mainnet" / "19923400.json.xz")
    ran = run(work, plan_batches(len(work.block.transactions), 8))
    assert 0 < len(ran.ran_again) < len(work.block.transactions)


@pytest.mark.whole
def test_all_real_blocks_equal_sequential_by_either_plan(toyevm_data: Path) -> None:
    for path in sorted((toyevm_data / "mainnet").glob("*.json.xz")):
        work = load_block(path)
        results = sequential(work).results
        run(work, plan_batches(len(results), 8))
        run(work, plan_by_conflicts(results, 8, work.block.header.coinbase))


@pytest.mark.parametrize("plan", [((0, 1), (1,)), ((0, 9),), ((-1,),)])
def test_a_plan_that_is_none_is_refused(plan: Plan) -> None:
    with keep(to_many(3)) as kept, ThreadPoolExecutor(1) as threads, pytest.raises(InputError, match="plan"):
        run_block_on(threads, kept, plan)


def test_an_invalid_transaction_is_refused_at_its_index() -> None:
    work = to_many(3)
    first, second, third = work.block.transactions
    bad = replace(work, block=replace(work.block, transactions=(first, third, second, third)))
    with keep(bad) as kept, ThreadPoolExecutor(1) as threads, pytest.raises(InvalidBlock) as error:
        run_block_on(threads, kept, ((0, 1), (2, 3)))
    assert error.value.tx_index == 3


def test_without_validation_a_wrong_plan_is_not_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module,
        "_still_valid",
        lambda view, shipped: (
            shipped and replace(shipped.result, read_set={at: view.read(at) for at in shipped.writers})
        ),
    )
    with pytest.raises(AssertionError):
        run(to_one_shop(20, token=True), plan_batches(20, 2))


def test_a_second_run_under_the_version_of_the_first_is_not_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RAN_AGAIN", 0)
    with pytest.raises(AssertionError):
        run(to_one_shop(6, token=True), ((0,), (1, 2, 3, 4, 5)))


def test_spawned_processes_are_sent_the_state_about_once_each() -> None:
    work = to_many(12, token=True)
    with LocalProcesses(THREADS) as processes, keep(work) as kept:
        first = run_block_on(processes, kept, plan_batches(12, 6), cores=THREADS)
        later = [run_block_on(processes, kept, plan_batches(12, 6), cores=THREADS) for _ in range(3)]
        assert first.state_sent >= len(kept.as_sent)
        assert sum(run.state_sent for run in (first, *later)) <= 2 * THREADS * len(kept.as_sent)
        assert all(run.differences(sequential(work), kept) == [] for run in (first, *later))


class DiesFirst(Executor):
    """An executor whose first task ends the process that takes it."""

    def __init__(self, executor: Executor) -> None:
        self.executor, self.has_died = executor, False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        first, self.has_died = not self.has_died, True
        return self.executor.submit(die, args) if first else self.executor.submit(fn, *args, **kwargs)


def test_the_transactions_of_a_process_that_died_run_in_the_merge() -> None:
    with LocalProcesses(THREADS) as processes:
        ran = run(to_many(6), plan_batches(6, 3), DiesFirst(processes))
    assert ran.ran_again == (0, 1)
