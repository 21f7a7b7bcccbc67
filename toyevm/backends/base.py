"""What a backend is: a way to execute a block. All give the same result; they differ in how long it takes.

A backend chooses which view each transaction reads through and in which order things run. It may be wrong in no other
way than being slow: the equivalence suite holds every registered backend to the sequential one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from reprlib import repr as shorten
from typing import Literal, Protocol

from toyevm.backends.hints import Hints
from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError
from toyevm.results import BlockResult, TxResult
from toyevm.simulation.costs import DEFAULT_COSTS, CostModel, check_cores
from toyevm.simulation.run import Run
from toyevm.simulation.transcripts import Transcripts
from toyevm.state import WorldState
from toyevm.types import Location, Value

Kind = Literal["sequential", "parallel", "settlement"]
Repeats = Literal["any", "who asks for the fees", "none"]


@dataclass(frozen=True)
class RunConfig:
    """How to run: on which chain's rules, with how many virtual cores, at which costs.

    The same seed gives the same schedule; with seed 0 all cores are equally fast. `hints` came with the block, from
    somebody who need not be right. With `transcripts`, kept from run to run of the same block, no transaction is
    executed twice on the same values.

    Raises:
        InputError: a number of cores that there cannot be, or hints that are none.
    """

    chain: ChainConfig = MAINNET
    cores: int = 1
    seed: int = 0
    costs: CostModel = DEFAULT_COSTS
    hints: Hints | None = None
    transcripts: Transcripts | None = None

    def __post_init__(self) -> None:
        check_cores(self.cores)
        if not isinstance(self.hints, Hints | None):
            raise InputError(shorten(self.hints), "hints", "Hints, or None")


class Backend(Protocol):
    """One strategy for executing a block.

    Attributes:
        hint_kind: the field of `Hints` that it follows, if it follows one.
        repeats: a promise: which transactions may be found wrong only when their turn comes. The ledger repairs what a
            strategy's own validation has missed, so without it nobody would notice.
    """

    name: str
    kind: Kind
    summary: str
    hint_kind: str | None
    repeats: Repeats

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> Run:
        """Return what `block` does to `pre`, which stays as it is, and how that was found out.

        Raises:
            InvalidBlock: with the index of the first transaction that may not be in the block.
        """
        ...


def compare_results(result: BlockResult, right: BlockResult) -> list[str]:
    """Return in words what differs between two results of a block: nothing, if they are the same.

    In which incarnation a value that was read had been written does not count.
    """
    found = [name for name in ("diff", "requests") if getattr(result, name) != getattr(right, name)]
    if len(result.results) != len(right.results):
        return [*found, "number of results"]
    names = [field.name for field in fields(TxResult) if field.name != "read_set"]
    for tx_index, (one, other) in enumerate(zip(result.results, right.results, strict=True)):
        found += [f"{name} of {tx_index}" for name in names if getattr(one, name) != getattr(other, name)]
        found += [f"read_set of {tx_index}"] if _seen(one) != _seen(other) else []
    return found


def _seen(result: TxResult) -> dict[Location, tuple[int, Value]]:
    return {location: (read.version.tx_index, read.value) for location, read in result.read_set.items()}


class Registry:
    """Backends by name, in the order they were registered."""

    def __init__(self) -> None:
        self._backends: dict[str, Backend] = {}

    def register(self, backend: Backend) -> None:
        """Add a backend.

        Raises:
            ValueError: when its name is taken.
        """
        if backend.name in self._backends:
            raise ValueError(f"a backend named {backend.name!r} is registered already")
        self._backends[backend.name] = backend

    def named(self, name: str) -> Backend:
        """Return the backend with this name.

        Raises:
            InputError: when there is none.
        """
        if name not in self._backends:
            raise InputError(f"unknown backend {name!r}", expected=" | ".join(self._backends))
        return self._backends[name]

    @property
    def strategies(self) -> list[Backend]:
        """Those that only execute. A settlement executes as its inner backend does: it has no time of its own."""
        return [backend for backend in self if backend.kind != "settlement"]

    def __iter__(self) -> Iterator[Backend]:
        return iter(self._backends.values())
