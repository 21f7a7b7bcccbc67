"""What the zk-rollup makes final is what the payments do: not what anybody says they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.rollups.zk_rollup.payment_blocks import FREE, PEOPLE, RICH, UNIT, credit, executed, payment
from toyevm.backends import BACKENDS, Run, RunConfig
from toyevm.blocks import Log
from toyevm.errors import NotProvable
from toyevm.results import BlockResult, TxResult
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.zk_rollup import posting, root_contract
from toyevm.rollups.zk_rollup.root_contract import RollupTerms
from toyevm.rollups.zk_rollup.settlement import ZkRollupSettlement
from toyevm.state import Account, StateDiff
from toyevm.types import Field, Location
from toyevm.units import ETHER

HONEST = executed(payment(0, 1), payment(1, 2, units=9), withdrawals=(credit(2),))


def test_a_block_becomes_final_with_its_own_root() -> None:
    settlement = ZkRollupSettlement()
    submission = settlement.submit(HONEST)
    assert settlement.finalize(submission) == HONEST.post.root
    assert len(submission.contract.logs("Batch")) == 1
    assert submission.contract.waiting == []


def test_an_empty_block_is_final_as_it_is() -> None:
    settlement, block = ZkRollupSettlement(), executed()
    submission = settlement.submit(block)
    assert settlement.finalize(submission) == block.pre.root
    assert submission.contract.logs("Batch") == []


def first(**fields: object) -> Callable[[TxResult], TxResult]:
    return lambda result: replace(result, **fields)  # type: ignore[arg-type]


LIES: dict[str, Callable[[TxResult], TxResult]] = {
    "more for the payee": lambda result: replace(
        result, write_set=result.write_set | {Location(PEOPLE[1].address, Field.BALANCE): 200 * ETHER}
    ),
    "all values are 1": lambda result: replace(result, write_set=dict.fromkeys(result.write_set, 1)),
    "nothing happened": first(write_set={}),
    "something else is written": lambda result: replace(
        result, write_set=result.write_set | {Location(b"\1" * 20, 0): 1}
    ),
    "it failed": first(succeeded=False),
    "less gas": first(gas_used=20_999),
    "a fee": first(fee=1),
    "a log": first(logs=(Log(b"\1" * 20, (), b""),)),
    "an answer": first(output=b"x"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_result_that_no_payment_has_is_not_provable(lie: Callable[[TxResult], TxResult]) -> None:
    one, other = HONEST.result.results
    lying = replace(HONEST, result=replace(HONEST.result, results=(lie(one), other)))
    with pytest.raises(NotProvable, match="transaction 0: the result is not what a payment does"):
        ZkRollupSettlement().submit(lying)


def test_other_numbers_of_results_and_requests_are_not_provable() -> None:
    for wrong in (replace(HONEST.result, results=()), replace(HONEST.result, requests=(b"\0x",))):
        with pytest.raises(NotProvable, match="results and"):
            ZkRollupSettlement().submit(replace(HONEST, result=wrong))


class Lying:
    """Executes as it should, and adds an ether to Mallory in what it says about the whole block."""

    def execute_block(self, *arguments: object) -> Run:
        diff = HONEST.result.diff
        more = StateDiff({**diff.writes, Location(b"\x66" * 20, Field.BALANCE): ETHER}, diff.touched)
        return Run(replace(HONEST.result, diff=more))


def test_a_lie_about_the_whole_block_does_not_become_final(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BACKENDS._backends, "block_stm", Lying())
    with pytest.raises(NotProvable, match=r"^0x[0-9a-f]+ became final, not 0x"):
        BACKENDS.named("zk").execute_block(HONEST.pre, HONEST.block, RunConfig(FREE))


def test_a_credit_that_nobody_can_lock_is_not_provable() -> None:
    with pytest.raises(NotProvable, match="cannot be locked on L1: insufficient"):
        ZkRollupSettlement().submit(executed(withdrawals=(credit(2_000_000),)))


def test_what_l1_refuses_is_not_provable(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(posting, "RollupTerms", lambda root, room, l2_chain: RollupTerms(root, 1, l2_chain))
        with pytest.raises(NotProvable, match="L1 refuses: more than the bridge can give"):
            ZkRollupSettlement().submit(HONEST)
    monkeypatch.setattr(root_contract, "REGISTER_GAS", 60_000)
    with pytest.raises(NotProvable, match="L1 refuses: "):
        ZkRollupSettlement().submit(HONEST)


def test_a_world_that_is_not_under_the_root_is_noticed() -> None:
    settlement = ZkRollupSettlement()
    submission = settlement.submit(HONEST)
    richer = {**RICH.accounts, PEOPLE[0].address: Account(balance=101 * ETHER)}
    with pytest.raises(NotProvable, match="are not under 0x"):
        settlement.finalize(replace(submission, genesis=replace(RICH, accounts=richer)))


def test_what_no_payment_touches_stays_as_it_is() -> None:
    contract = Account(nonce=1, code=b"\0", storage={1: 2}, balance=UNIT // 3)
    world = replace(RICH, accounts={**RICH.accounts, b"\xcc" * 20: contract})
    block = executed(payment(), world=world)
    settlement = ZkRollupSettlement()
    assert settlement.finalize(settlement.submit(block)) == block.post.root


def test_a_settlement_has_nothing_of_the_result_but_its_form() -> None:
    """The batch follows from the transactions: with another diff, the same root becomes final."""
    settlement = ZkRollupSettlement()
    block = ExecutedBlock(FREE, HONEST.pre, HONEST.block, BlockResult(HONEST.result.results, StateDiff()))
    assert settlement.finalize(settlement.submit(block)) == HONEST.post.root
