"""A compile cache of one's own: measure a machine that has compiled nothing yet, or everything, beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

from toyevm.forks import Fork
from toyevm.vm import compiler, frame
from toyevm.vm.frame import Code

NEVER = float("inf")


class Place(NamedTuple):
    """Where a compiled function stands."""

    code: Code
    fork: Fork
    pc: int


class CompileCache:
    """What the machine remembers of contracts: takes the place of its own memory, for a while."""

    def __init__(self) -> None:
        self._codes: list[Code] = []
        self._prepare = lru_cache(maxsize=None)(self._first_seen)

    def _first_seen(self, raw: bytes) -> Code:
        self._codes.append(Code(raw))
        return self._codes[-1]

    @contextmanager
    def in_use(self, hot_after: float | None = None) -> Iterator[None]:
        """Let the machine use this cache, and compile after so many visits of a place (as usual, by default)."""
        saved = frame.prepare, compiler.HOT_AFTER
        frame.prepare = self._prepare
        compiler.HOT_AFTER = saved[1] if hot_after is None else hot_after
        try:
            yield
        finally:
            frame.prepare, compiler.HOT_AFTER = saved

    @property
    def functions(self) -> list[Place]:
        """Return where compiled functions stand by now."""
        return [
            Place(code, fork, pc)
            for code in self._codes
            for fork, blocks in code.blocks.items()
            for pc, block in blocks.items()
            if hasattr(block, "source")
        ]
