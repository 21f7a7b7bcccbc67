"""A network in small: every computer executes the whole block for itself, as the rule of a blockchain asks."""

from __future__ import annotations

from typing import NamedTuple

from toyevm.backends import BACKENDS, RunConfig
from toyevm.workloads.workload import Workload


class NetworkRun(NamedTuple):
    """What the computers of a network did: `differing` counts the states that are not that of the first computer."""

    gas_each: int
    gas_in_all: int
    differing: int


def run_network(workload: Workload, computers: int) -> NetworkRun:
    """Return what happens when so many computers execute a block; each begins from the same state."""
    sequential, config = BACKENDS.named("sequential"), RunConfig(workload.chain)
    runs = [sequential.execute_block(workload.pre, workload.block, config).result for _ in range(computers)]
    roots = [workload.pre.apply(run.diff).root for run in runs]
    gas = [run.gas_used for run in runs]
    return NetworkRun(max(gas), sum(gas), sum(root != roots[0] for root in roots))
