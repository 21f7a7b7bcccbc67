"""Strategies for executing a block, by name: `BACKENDS.named("sequential")`."""

from __future__ import annotations

from toyevm.backends.access_list_dag import ACCESS_LIST_DAG
from toyevm.backends.adaptive import ADAPTIVE
from toyevm.backends.base import Backend, Registry, RunConfig
from toyevm.backends.block_access_list import BLOCK_ACCESS_LIST, verify_access_list
from toyevm.backends.block_stm import BLOCK_STM, BLOCK_STM_LAZY
from toyevm.backends.declared_locks import DECLARED_LOCKS
from toyevm.backends.dependency_dag import DEPENDENCY_DAG
from toyevm.backends.hints import Hints, Locks, hints_for, hints_of
from toyevm.backends.optimistic import OPTIMISTIC, OPTIMISTIC_WAITING
from toyevm.backends.sequential import SequentialBackend
from toyevm.backends.two_phase import TWO_PHASE
from toyevm.simulation.costs import CostModel
from toyevm.simulation.run import Run

__all__ = [
    "BACKENDS",
    "Backend",
    "CostModel",
    "Hints",
    "Locks",
    "Run",
    "RunConfig",
    "hints_for",
    "hints_of",
    "verify_access_list",
]

BACKENDS = Registry()
BACKENDS.register(SequentialBackend())
BACKENDS.register(TWO_PHASE)
BACKENDS.register(OPTIMISTIC)
BACKENDS.register(OPTIMISTIC_WAITING)
BACKENDS.register(DECLARED_LOCKS)
BACKENDS.register(DEPENDENCY_DAG)
BACKENDS.register(ACCESS_LIST_DAG)
BACKENDS.register(BLOCK_STM)
BACKENDS.register(BLOCK_STM_LAZY)
BACKENDS.register(BLOCK_ACCESS_LIST)
BACKENDS.register(ADAPTIVE)
