"""Which forks a test is about. `FORKS` is all that toyevm knows; that others know them too is another matter."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise

from toyevm.forks import FORKS, Fork
from toyevm.vm import precompiles
from toyevm.vm.opcodes import OPCODES
from toyevm.workloads.rpc import FORKS_BY_NUMBER, FORKS_BY_TIME


def has_own_rules(fork: Fork, before: Fork) -> bool:
    """Tell whether a fork changed more than how many blobs a block may carry."""
    same = replace(fork, rank=before.rank, name=before.name, blobs=before.blobs or fork.blobs) == before
    brings_opcodes = any(row.since == fork.name for row in OPCODES)
    return not same or brings_opcodes or any(since.name == fork.name for since, _, _ in precompiles._table())


def _is_in_eels(fork: Fork) -> bool:
    return find_spec(f"ethereum.forks.{fork.name.lower()}") is not None


_ALL = tuple(FORKS.values())
_MAINNET_NAMES = {name for _, name in (*FORKS_BY_NUMBER, *FORKS_BY_TIME)}

FORKS_WITH_RULES = (_ALL[0], *(fork for before, fork in pairwise(_ALL) if has_own_rules(fork, before)))
"""Where code or blocks behave otherwise than in the fork before."""

FORKS_ON_MAINNET = tuple(fork for fork in _ALL if fork.name in _MAINNET_NAMES)
"""The forks that mainnet has had."""

FORKS_IN_EELS = tuple(fork for fork in _ALL if _is_in_eels(fork)) if find_spec("ethereum") else FORKS_ON_MAINNET
"""The forks that the executable specification can be asked about. Where it is not installed, such tests are skipped."""

FORKS_WITH_RULES_IN_EELS = tuple(fork for fork in FORKS_WITH_RULES if fork in FORKS_IN_EELS)
