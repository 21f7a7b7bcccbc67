"""A block on a backend, as lessons run it: on virtual cores, at the costs that everybody has."""

from __future__ import annotations

from toyevm.backends import BACKENDS, Hints, RunConfig
from toyevm.simulation.run import Run
from toyevm.workloads.workload import Workload


def run_on(backend: str, workload: Workload, cores: int, hints: Hints | None = None) -> Run:
    """Return a block as a backend executes it.

    Raises:
        InputError: there is no such backend, or no core.
    """
    config = RunConfig(workload.chain, cores=cores, hints=hints)
    return BACKENDS.named(backend).execute_block(workload.pre, workload.block, config)
