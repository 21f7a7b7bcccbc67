"""The contract on L1 refuses what it should, by name, and a mistake in it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.rollups.planted import faults_of, mutated
from tests.rollups.zk_rollup.contract_faults import CHECKS
from tests.rollups.zk_rollup.contract_mutants import MUTANTS
from toyevm.contracts import Contract, contract_source
from toyevm.contracts.compile import compile_vyper
from toyevm.rollups.zk_rollup.root_contract import ZK_ROLLUP

SAMPLE = list(MUTANTS)[::9]  # the compiler takes two seconds for each


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_contract_has_no_fault(check: Callable[[Contract], Iterator[str]]) -> None:
    assert list(check(ZK_ROLLUP)) == []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in SAMPLE else [pytest.mark.whole]) for name in MUTANTS]
)
def test_a_planted_mistake_is_found(name: str) -> None:
    pytest.importorskip("vyper")
    compiled = compile_vyper(mutated(contract_source("zk_rollup"), MUTANTS[name]), "zk_rollup")
    assert next(faults_of(CHECKS, compiled), None) is not None
