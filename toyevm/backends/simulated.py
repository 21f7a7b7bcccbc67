"""A backend on virtual cores: a name for a strategy, which says what the cores do, and the hints that it follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from toyevm.backends.base import Kind, Repeats, RunConfig
from toyevm.backends.hints import Hints
from toyevm.blocks import Block
from toyevm.simulation.run import Run
from toyevm.simulation.virtual_cores import Process, Simulation
from toyevm.state import WorldState

Strategy: TypeAlias = "Callable[[Simulation, Hints | None], Process[None]]"


@dataclass
class SimulatedBackend:
    """A strategy by its name, and the kind of hints that it follows, if it does."""

    name: str
    summary: str
    strategy: Strategy
    hint_kind: str | None = None  # a field of Hints
    kind: Kind = "parallel"
    repeats: Repeats = "any"

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> Run:
        """Execute `block` on `pre`; see `Backend.execute_block`."""
        simulation = simulation_of(pre, block, config)
        return simulation.run(self.strategy(simulation, config.hints))


def simulation_of(pre: WorldState, block: Block, config: RunConfig) -> Simulation:
    """Return virtual cores that are to execute a block as it is said there."""
    return Simulation(pre, block, config.chain, config.cores, config.seed, config.costs, config.transcripts)
