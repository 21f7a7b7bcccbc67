"""The contracts on L1 refuse what they should, by name, and a mistake in either of them is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.rollups.planted import Changes, changed, faults_of, sampled
from tests.rollups.sidechain.contract_faults import CHECKS, Pair
from tests.rollups.sidechain.contract_mutants import BRIDGE_MUTANTS, MANAGER_MUTANTS
from toyevm.rollups.sidechain.root_contracts import BRIDGE, MANAGER

MUTANTS = [("checkpoint_manager", name, changes) for name, changes in MANAGER_MUTANTS.items()]
MUTANTS += [("sidechain_bridge", name, changes) for name, changes in BRIDGE_MUTANTS.items()]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_contracts_have_no_fault(check: Callable[[Pair], Iterator[str]]) -> None:
    assert list(check((MANAGER, BRIDGE))) == []


@pytest.mark.parametrize(("contract", "name", "changes"), sampled(MUTANTS, every=8))
def test_a_planted_mistake_is_found(contract: str, name: str, changes: Changes) -> None:
    compiled = changed(contract, changes)
    pair = (compiled, BRIDGE) if contract == "checkpoint_manager" else (MANAGER, compiled)
    assert next(faults_of(CHECKS, pair), None) is not None
