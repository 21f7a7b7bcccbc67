"""Strategies for executing a block, by name: `BACKENDS.named("sequential")`."""

from __future__ import annotations

from toyevm.backends.base import Backend, Registry, RunConfig
from toyevm.backends.sequential import SequentialBackend

__all__ = ["BACKENDS", "Backend", "RunConfig"]

BACKENDS = Registry()
BACKENDS.register(SequentialBackend())
