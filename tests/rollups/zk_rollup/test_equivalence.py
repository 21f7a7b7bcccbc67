"""As a backend, the zk-rollup equals the sequential one, or refuses the block with a reason: it is never silent."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.backends.cases import CASES, Case
from tests.backends.edges import EDGES
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.backends.random_blocks import random_case
from tests.rollups.zk_rollup.payment_blocks import random_payments
from toyevm.backends import BACKENDS, Run, RunConfig
from toyevm.errors import NotProvable

ZK = BACKENDS.named("zk")
KNOWN_REASONS = (
    r"transaction \d+: (creates a contract|carries blobs|gives accounts code|has an access list|calls a contract"
    r"|calls a precompile|has data|pays a fee)"
)


def outcome(case: Case, cores: int = 3) -> str:
    """Return "equal", "invalid", or why the block was refused; fail if it came out differently."""
    oracle = oracle_of(case)
    try:
        found = outcome_of(ZK, case, RunConfig(case.chain, cores, seed=cores))
    except NotProvable as refusal:
        assert isinstance(oracle, Run)
        return str(refusal)
    assert not differences(case, found, oracle, seal=True)
    return "equal" if isinstance(found, Run) else "invalid"


@pytest.mark.parametrize("case", [*CASES, *EDGES], ids=str)
def test_a_block_equals_sequential_or_is_refused_with_a_reason(case: Case) -> None:
    found = outcome(case)
    assert found in ("equal", "invalid") or re.fullmatch(KNOWN_REASONS, found)


def test_random_blocks_are_refused_with_a_reason() -> None:
    found = Counter(re.sub(r"\d+", "n", outcome(random_case(seed))) for seed in range(200))
    assert all(reason == "invalid" or re.fullmatch(KNOWN_REASONS.replace(r"\d+", "n"), reason) for reason in found)
    assert len(found) >= 8


@pytest.mark.parametrize("seed", range(12))
def test_payments_equal_sequential(seed: int) -> None:
    assert outcome(random_payments(seed), cores=1 + seed % 5) == "equal"


@pytest.mark.whole
def test_many_payments_equal_sequential() -> None:
    assert {outcome(random_payments(seed), cores=1 + seed % 5) for seed in range(100, 300)} == {"equal"}
