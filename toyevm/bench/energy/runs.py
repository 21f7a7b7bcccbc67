"""Does parallelism save energy? A run on virtual cores, in joules: what works, what works in vain, and what waits.

A core draws less when it waits than when it works, but not nothing. So a run that is over sooner saves what its cores
would have drawn waiting, and a run with aborts pays for work that is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.simulation.metrics import measure
from toyevm.workloads.workload import Workload


@dataclass(frozen=True)
class RunEnergy:
    """A run of a block, in units of what one core takes for the block when nothing else is switched on.

    Attributes:
        speedup: over one core (simulated).
        busy: of cores at work, aborts included.
        idle: of cores that are switched on and wait.
    """

    backend: str
    cores: int
    speedup: float
    busy: float
    idle: float

    @property
    def total(self) -> float:
        return self.busy + self.idle


def energy_of(workload: Workload, backend: str, cores: int, idle_share: float = 0.3) -> RunEnergy:
    """Run a block (simulated) and return its energy.

    Args:
        idle_share: what a waiting core draws, as a share of what a busy one does.

    Raises:
        InputError: a share that is not from 0 to 1, an unknown backend, or cores that there cannot be.
    """
    if not 0 <= idle_share <= 1:
        raise InputError(f"{idle_share!r}", "idle_share", "0 to 1")
    config = RunConfig(workload.chain, cores)
    run = BACKENDS.named(backend).execute_block(workload.pre, workload.block, config)
    found = measure(run, cores, workload.block.header.coinbase, costs=config.costs)
    alone = found.makespan * found.speedup  # of one core, in order
    used = found.utilisation if run.spans else 1 / cores  # the sequential backend keeps no record: one core works
    busy = used * cores * found.makespan / alone
    idle = (1 - used) * cores * found.makespan / alone * idle_share
    return RunEnergy(backend, cores, found.speedup, busy, idle)
