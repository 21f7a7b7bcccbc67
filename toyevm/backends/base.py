"""What a backend is: a way to execute a block. All give the same result; they differ in how long it takes.

A backend chooses which view each transaction reads through and in which order things run. It may be wrong in no other
way than being slow: the equivalence suite holds every registered backend to the sequential one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from toyevm.blocks import Block
from toyevm.chain import MAINNET, ChainConfig
from toyevm.errors import InputError
from toyevm.results import BlockResult
from toyevm.state import WorldState

Kind = Literal["sequential", "parallel", "settlement"]


@dataclass(frozen=True)
class RunConfig:
    """How to run: on which chain's rules, with how many virtual cores, from which seed."""

    chain: ChainConfig = MAINNET
    cores: int = 1
    seed: int = 0


class Backend(Protocol):
    """One strategy for executing a block."""

    name: str
    kind: Kind
    summary: str

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> BlockResult:
        """Return what `block` does to `pre`, which stays as it is.

        Raises:
            InvalidBlock: with the index of the first transaction that may not be in the block.
        """
        ...


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

    def __iter__(self) -> Iterator[Backend]:
        return iter(self._backends.values())
