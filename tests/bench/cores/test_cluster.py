"""A Dask cluster is one more executor: the same block, the state sent about once to each worker, a cost a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from toyevm.backends import BACKENDS, RunConfig
from toyevm.bench.cores import keep, plan_batches, run_block_on, run_grains
from toyevm.bench.sweep.cluster import dask_executor, thread_count
from toyevm.workloads.transfers import to_one_shop


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, each a process."""
    distributed = pytest.importorskip("distributed", reason="no Dask here: pip install 'toyevm[cluster]'")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as made:
        yield made


def test_a_block_on_a_cluster_equals_sequential_and_its_state_is_not_sent_again(cluster: Any) -> None:
    work = to_one_shop(12, token=True)
    right = BACKENDS.named("sequential").execute_block(work.pre, work.block, RunConfig(work.chain)).result
    with dask_executor(cluster.scheduler_address) as executor, keep(work) as kept:
        cores = thread_count(executor)
        runs = [run_block_on(executor, kept, plan_batches(12, 4), cores) for _ in range(4)]
        assert cores == 2
        assert [run.differences(right, kept) for run in runs] == [[]] * 4
        assert [run.ran_again for run in runs] == [tuple(range(3, 12))] * 4
        assert 0 < sum(run.state_sent for run in runs) <= 2 * cores * len(kept.as_sent)


def test_grains_can_be_measured_on_a_cluster(cluster: Any) -> None:
    with dask_executor(cluster.scheduler_address) as executor:
        (row,) = run_grains(executor, [1e-4], thread_count(executor), seconds=0.002, repeats=1)
    assert row.tasks == 20
    assert row.many > row.one > 0, "a task of 0.1 ms costs Dask more than it takes"
