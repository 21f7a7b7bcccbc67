"""A proof on dispute decides what a game decides, and the three ways differ as they are said to."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("numpy")

from toyevm.rollups.optimistic.proof_on_dispute import DAY, PROVING, WINDOW, ProofOnDispute, refusal
from toyevm.rollups.optimistic.ways_to_settle import ways_to_settle
from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch
from toyevm.rollups.zk_rollup.rollup import ZkRollup
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

PROPOSER, DOUBTER = wallet("proposer"), wallet("doubter")


def opened() -> tuple[ZkRollup, ProofOnDispute, ProvenBatch]:
    rollup = ZkRollup(["Ann", "Bob", "proposer", "doubter"])
    rollup.deposit("Ann", 10 * ETHER)
    rollup.batch()
    rollup.pay("Ann", "Bob", ETHER)
    return rollup, ProofOnDispute(rollup), rollup.prove()


def test_without_doubt_a_root_is_final_after_its_window() -> None:
    rollup, doubt, batch = opened()
    assert not refusal(doubt.propose(PROPOSER, batch))
    assert refusal(doubt.settle(PROPOSER)) == "there is still time"
    assert refusal(doubt.propose(PROPOSER, batch)) == "one proposal at a time"
    rollup.l1.wait(WINDOW)
    assert refusal(doubt.challenge(DOUBTER)) == "too late"
    assert not refusal(doubt.settle(PROPOSER))
    assert (doubt.root, doubt.credit(PROPOSER)) == (batch.new_root, doubt.bond)


def test_who_doubts_what_is_right_loses_the_bond_at_once() -> None:
    _, doubt, batch = opened()
    doubt.propose(PROPOSER, batch)
    assert not refusal(doubt.challenge(DOUBTER))
    assert refusal(doubt.challenge(DOUBTER)) == "challenged already"
    assert not refusal(doubt.prove(PROPOSER, batch))
    assert (doubt.root, doubt.credit(PROPOSER), doubt.credit(DOUBTER)) == (batch.new_root, 2 * doubt.bond, 0)


def test_a_wrong_root_cannot_be_proven_and_falls() -> None:
    rollup, doubt, batch = opened()
    before, wrong = doubt.root, replace(batch, new_root=(7).to_bytes(32, "big"))
    doubt.propose(PROPOSER, wrong)
    doubt.challenge(DOUBTER)
    assert refusal(doubt.prove(PROPOSER, wrong)) == "the proof does not hold"
    assert refusal(doubt.settle(DOUBTER)) == "there is still time"
    rollup.l1.wait(PROVING)
    assert not refusal(doubt.settle(DOUBTER))
    assert (doubt.root, doubt.credit(PROPOSER), doubt.credit(DOUBTER)) == (before, 0, 2 * doubt.bond)


def test_payments_that_nobody_has_signed_cannot_be_proposed() -> None:
    _, doubt, batch = opened()
    forged = replace(batch, data=batch.data[:-1] + bytes([batch.data[-1] ^ 1]))
    assert refusal(doubt.propose(PROPOSER, forged)) == "a payment is malformed or not signed by its payer"
    assert refusal(doubt.propose(PROPOSER, replace(batch, data=b""))) == "malformed payments"


def test_the_three_ways_trade_delay_bond_and_gas() -> None:
    game, on_dispute, always = ways_to_settle(8)
    assert [way.name for way in (game, on_dispute, always)] == ["bisection", "proof on dispute", "proof always"]
    assert 3.5 * DAY <= game.quiet_delay < game.disputed_delay < 3.7 * DAY < game.worst_delay == 7 * DAY
    assert always.quiet_delay == always.worst_delay == 12 < on_dispute.disputed_delay < 60
    assert on_dispute.worst_delay == 4.5 * DAY
    assert game.quiet_gas < always.quiet_gas == always.disputed_gas
    assert on_dispute.quiet_gas < always.quiet_gas < on_dispute.disputed_gas
    assert always.bond == 0 < on_dispute.bond
    assert game.bond > 0
    assert always.seconds > 0 == game.seconds
    assert "May 2026" in always.lived
    assert "January 2026" in game.lived
