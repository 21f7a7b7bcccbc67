"""Plans: every transaction once, who needs whom together, tasks about equal."""

from __future__ import annotations

from itertools import pairwise

import pytest

from toyevm.analysis.dependencies import dependency_graph
from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.cores import plan_batches, plan_by_conflicts
from toyevm.results import TxResult
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.workload import PRODUCER


@pytest.fixture(scope="module")
def results() -> tuple[TxResult, ...]:
    work = APPLICATIONS["mixed"](40)
    return BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result.results


@pytest.mark.parametrize("tasks", [1, 2, 8, 100])
def test_batches_are_neighbours_of_about_equal_number(tasks: int) -> None:
    plan = plan_batches(40, tasks)
    assert [tx_index for task in plan for tx_index in task] == list(range(40))
    assert max(map(len, plan)) - min(map(len, plan)) <= 1
    assert all(after - before == 1 for task in plan for before, after in pairwise(task))


def test_no_transaction_waits_for_one_of_another_task(results: tuple[TxResult, ...]) -> None:
    plan = plan_by_conflicts(results, 8, PRODUCER)
    task_of = {tx_index: number for number, task in enumerate(plan) for tx_index in task}
    assert sorted(task_of) == list(range(40))
    edges = [(before, after) for before, after, *_ in dependency_graph(results, PRODUCER).dependencies]
    assert edges
    assert all(task_of[before] == task_of[after] for before, after in edges)


def test_two_tasks_are_about_equal_in_gas(results: tuple[TxResult, ...]) -> None:
    loads = [sum(results[i].gas_before_refund for i in task) for task in plan_by_conflicts(results, 2, PRODUCER)]
    assert max(loads) < 1.2 * min(loads)


def test_an_empty_block_needs_no_task() -> None:
    assert plan_by_conflicts((), 2) == plan_batches(0, 2) == ()
