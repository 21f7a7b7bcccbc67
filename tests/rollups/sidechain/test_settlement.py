"""The sidechain as a backend: equal to sequential, final by signatures alone, and never silent about a wrong result.

That it equals sequential on every block there is, the equivalence suite says (tests/backends).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.backends.cases import Case
from tests.backends.judge import oracle_of
from tests.backends.mainnet import blocks
from toyevm.backends import BACKENDS, Run, RunConfig
from toyevm.errors import NotProvable
from toyevm.results import BlockResult
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.settlements import SETTLEMENTS
from toyevm.rollups.sidechain.merkle import header_leaf
from toyevm.rollups.sidechain.settlement import SidechainSettlement
from toyevm.rollups.sidechain.validators import Conduct, ValidatorSet, validator_set
from toyevm.units import ETHER
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.mainnet import load_block

MIXED = APPLICATIONS["mixed"](40)
SEQUENTIAL = BACKENDS.named("sequential")


def executed(result: BlockResult | None = None) -> ExecutedBlock:
    right = SEQUENTIAL.execute_block(MIXED.pre, MIXED.block, RunConfig(MIXED.chain)).result
    return ExecutedBlock(MIXED.chain, MIXED.pre, MIXED.block, result or right)


def lying() -> ExecutedBlock:
    """Return the block with a result in which transaction 7 has left something else behind."""
    results = list(executed().result.results)
    results[7] = replace(results[7], write_set=dict.fromkeys(results[7].write_set, 1))
    return executed(replace(executed().result, results=tuple(results)))


def with_conducts(**conducts: Conduct) -> ValidatorSet:
    return validator_set(dict.fromkeys(("Pia", "Quinn", "Ravi"), 20 * ETHER), conducts)


def test_the_checkpoint_is_32_bytes_on_l1_whatever_the_block() -> None:
    settlement = SidechainSettlement()
    posted = settlement.submit(executed())
    assert settlement.finalize(posted) == executed().post.root
    assert posted.contracts.root(1) == header_leaf(posted.header)
    assert len(posted.answer.tx.data) == 4 + 32 * 5 + 352  # of which 5 signatures, 325 bytes, filled up to words
    assert posted.answer.result.gas_used < 200_000


def test_a_lie_is_signed_by_nobody_honest() -> None:
    with pytest.raises(NotProvable, match="transaction 7: not enough stake") as caught:
        SidechainSettlement().submit(lying())
    assert caught.value.tx_index == 7


def test_a_lie_becomes_final_if_enough_stake_colludes() -> None:
    block = lying()
    settlement = SidechainSettlement(with_conducts(Pia="colluding", Quinn="colluding", Ravi="colluding"))
    assert settlement.finalize(settlement.submit(block)) == block.post.root
    with pytest.raises(NotProvable):
        SidechainSettlement(with_conducts(Pia="colluding", Quinn="colluding")).submit(block)  # 40 of 60: not more


def test_a_silent_third_makes_nothing_provable() -> None:
    with pytest.raises(NotProvable, match="not enough stake"):
        SidechainSettlement(with_conducts(Pia="silent")).submit(executed())


def test_another_block_under_the_checkpoint_is_noticed() -> None:
    settlement = SidechainSettlement()
    posted = settlement.submit(executed())
    with pytest.raises(NotProvable, match="another block is under the checkpoint"):
        settlement.finalize(replace(posted, header=replace(posted.header, timestamp=1)))


def test_a_race_in_the_producers_backend_is_not_provable(monkeypatch: pytest.MonkeyPatch) -> None:
    class Racing:
        """Lets every transaction see the world before the block, but for what it cannot do without."""

        def execute_block(self, *arguments: object) -> Run:
            return Run(lying().result)

    monkeypatch.setitem(BACKENDS._backends, "block_stm", Racing())
    (backend,) = (each for each in SETTLEMENTS if each.name == "sidechain")
    with pytest.raises(NotProvable):
        backend.execute_block(MIXED.pre, MIXED.block, RunConfig(MIXED.chain))


@pytest.mark.data
@pytest.mark.parametrize("number", [19426587, 19933122])
def test_a_real_block_settles_with_the_very_leaf_of_its_header(toyevm_data: Path, number: int) -> None:
    """Its world is known in part alone, but what a leaf is made of is known in full."""
    (path,) = (path for path in blocks(toyevm_data) if path.name.startswith(str(number)))
    real = load_block(path)
    run = oracle_of(Case(path.name, real.pre, real.block, real.chain))
    assert isinstance(run, Run)
    posted = SidechainSettlement().submit(ExecutedBlock(real.chain, real.pre, real.block, run.result))
    assert posted.contracts.root(1) == header_leaf(real.expected)


def test_block_0_is_not_provable_since_no_checkpoint_is_over_it() -> None:
    first = replace(MIXED.block, header=replace(MIXED.block.header, number=0))
    with pytest.raises(NotProvable, match="no checkpoint is over block 0"):
        SidechainSettlement().submit(replace(executed(), block=first))
