"""The contract on L1 refuses what it should, by name, and a mistake in it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.rollups.planted import Changes, changed, faults_of, sampled
from tests.rollups.zk_rollup.contract_faults import CHECKS
from tests.rollups.zk_rollup.contract_mutants import MUTANTS
from toyevm.contracts import Contract
from toyevm.rollups.zk_rollup.root_contract import ZK_ROLLUP

ROWS = [("zk_rollup", name, changes) for name, changes in MUTANTS.items()]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_contract_has_no_fault(check: Callable[[Contract], Iterator[str]]) -> None:
    assert list(check(ZK_ROLLUP)) == []


@pytest.mark.parametrize(("contract", "name", "changes"), sampled(ROWS, every=9))
def test_a_planted_mistake_is_found(contract: str, name: str, changes: Changes) -> None:
    assert next(faults_of(CHECKS, changed(contract, changes)), None) is not None
