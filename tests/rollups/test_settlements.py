"""A settlement behind a backend is a backend: what it lets become final is the block's own result, or nothing is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.backends.cases import CASES, Case
from tests.backends.judge import differences, oracle_of, outcome_of
from toyevm.backends import BACKENDS, Run, RunConfig
from toyevm.backends.base import Kind, Repeats
from toyevm.blocks import Block
from toyevm.errors import InvalidBlock, NotProvable
from toyevm.rollups.base import ExecutedBlock, SettlementBackend
from toyevm.rollups.settlements import SETTLEMENTS
from toyevm.state import WorldState
from toyevm.types import Hash32

SEQUENTIAL = BACKENDS.named("sequential")
EACH_CASE = pytest.mark.parametrize("case", CASES[:12], ids=str)


class Notary:
    """Makes final what a second execution confirms: the smallest settlement there can be."""

    name, summary = "notary", "one who executes everything again"

    def submit(self, executed: ExecutedBlock) -> Hash32:
        right = SEQUENTIAL.execute_block(executed.pre, executed.block, RunConfig(executed.chain)).result
        for tx_index, (one, other) in enumerate(zip(executed.result.results, right.results, strict=True)):
            if one.write_set != other.write_set:
                raise NotProvable(tx_index, "not what it does")
        return executed.post.root

    def finalize(self, submission: Hash32) -> Hash32:
        return submission


class Sloppy(Notary):
    """Lets another world become final than the one before it."""

    def finalize(self, submission: Hash32) -> Hash32:
        return bytes(32)


@EACH_CASE
def test_a_settlement_equals_sequential(case: Case) -> None:
    backend = SettlementBackend("notary", "", Notary, inner="block_stm")
    assert not differences(case, outcome_of(backend, case, RunConfig(case.chain, 3)), oracle_of(case))


class Embezzler:
    """Executes as it should, and then says that the first transaction had left other values behind."""

    name, summary = "embezzler", ""
    kind: Kind = "sequential"
    hint_kind: str | None = None
    repeats: Repeats = "none"

    def execute_block(self, pre: WorldState, block: Block, config: RunConfig) -> Run:
        run = SEQUENTIAL.execute_block(pre, block, config)
        first, *rest = run.result.results
        changed = replace(first, write_set=dict.fromkeys(first.write_set, 1))
        return replace(run, result=replace(run.result, results=(changed, *rest)))


def test_a_result_that_nobody_confirms_is_not_provable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BACKENDS._backends, "embezzler", Embezzler())
    backend = SettlementBackend("notary", "", Notary, inner="embezzler")
    with pytest.raises(NotProvable, match="transaction 0: not what it does") as caught:
        outcome_of(backend, CASES[0], RunConfig(CASES[0].chain))
    assert caught.value.tx_index == 0


def test_another_root_than_the_blocks_own_is_not_let_pass() -> None:
    with pytest.raises(NotProvable, match=r"^0x0000.* became final, not 0x"):
        outcome_of(SettlementBackend("sloppy", "", Sloppy), CASES[0], RunConfig(CASES[0].chain))


def test_an_invalid_block_is_as_invalid_as_ever() -> None:
    case = next(case for case in CASES if isinstance(oracle_of(case), InvalidBlock))
    outcome = outcome_of(SettlementBackend("notary", "", Notary), case, RunConfig(case.chain))
    assert not differences(case, outcome, oracle_of(case))


def test_every_settlement_is_a_backend_and_none_is_a_strategy() -> None:
    assert [one.name for one in BACKENDS if one.kind == "settlement"] == [one.name for one in SETTLEMENTS]
    assert not [one.name for one in BACKENDS.strategies if one.kind == "settlement"]
