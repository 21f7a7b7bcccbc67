"""What a settlement is: a way in which blocks that were executed beside the main chain become final on it.

A layer executes its blocks itself, with some backend, and then has to convince L1: by the signatures of those who have
a stake, by a claim that anybody may challenge, or by a proof. A settlement is that second half. Put behind a backend it
is a backend, and so the equivalence suite holds it to the sequential one, as it does all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from toyevm.backends import BACKENDS, RunConfig
from toyevm.backends.base import Kind, Repeats
from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.errors import NotProvable
from toyevm.results import BlockResult
from toyevm.simulation.run import Run
from toyevm.state import WorldState
from toyevm.types import Hash32


@dataclass(frozen=True)
class ExecutedBlock:
    """A block of a layer: the world before it, and what its producer says that it does."""

    chain: ChainConfig
    pre: WorldState
    block: Block
    result: BlockResult

    @cached_property
    def post(self) -> WorldState:
        """The world after it."""
        return self.pre.apply(self.result.diff)


class Settlement(Protocol):
    """One layer on its own L1, with all its people. What `submit` returns is its own affair; `finalize` takes it."""

    name: str
    summary: str

    def submit(self, executed: ExecutedBlock) -> Any:
        """Bring the block before L1, as this layer does.

        Raises:
            NotProvable: it cannot, or its honest people will not, since the result is another than the block has.
        """
        ...

    def finalize(self, submission: Any) -> Hash32:
        """Do what is left to do, let the time pass, and return the state root that L1 now takes for final.

        Raises:
            NotProvable: L1 does not accept it.
        """
        ...


@dataclass
class SettlementBackend:
    """A settlement as a backend: the inner one executes, the settlement makes it final; each block on a new L1.

    Args:
        found: makes the settlement, with an L1 of its own.
        inner: the name of the backend that the producer of the blocks has.
    """

    name: str
    summary: str
    found: Callable[[], Settlement]
    inner: str = "sequential"
    hint_kind: str | None = None
    kind: Kind = "settlement"
    repeats: Repeats = "any"

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> Run:
        """Execute `block` on `pre` and make it final; see `Backend.execute_block`.

        Raises:
            NotProvable: it does not become final with the state root that it has.
        """
        run = BACKENDS.named(self.inner).execute_block(pre, block, config)
        executed = ExecutedBlock(config.chain, pre, block, run.result)
        settlement = self.found()
        root = settlement.finalize(settlement.submit(executed))
        if root != executed.post.root:
            raise NotProvable(None, f"0x{root.hex()} became final, not 0x{executed.post.root.hex()}")
        return run
