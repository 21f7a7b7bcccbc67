"""A proof on dispute decides what a game decides, and the three ways differ as they are said to."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("numpy")

from toyevm.rollups.optimistic.bonds import bond_at
from toyevm.rollups.optimistic.proof_on_dispute import DAY, DOUBT, PROVING, WINDOW, ProofOnDispute
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
    assert not doubt.propose(PROPOSER, batch).reason
    assert doubt.settle(PROPOSER).reason == "there is still time"
    assert doubt.propose(PROPOSER, batch).reason == "one proposal at a time"
    rollup.l1.wait(WINDOW)
    assert doubt.challenge(DOUBTER).reason == "too late"
    assert not doubt.settle(PROPOSER).reason
    assert (doubt.root, doubt.credit(PROPOSER)) == (batch.new_root, doubt.bond)


def test_who_doubts_what_is_right_loses_the_bond_at_once() -> None:
    _, doubt, batch = opened()
    doubt.propose(PROPOSER, batch)
    assert not doubt.challenge(DOUBTER).reason
    assert doubt.challenge(DOUBTER).reason == "challenged already"
    assert not doubt.prove(PROPOSER, batch).reason
    assert (doubt.root, doubt.credit(PROPOSER), doubt.credit(DOUBTER)) == (batch.new_root, 2 * doubt.bond, 0)


def test_a_wrong_root_cannot_be_proven_and_falls() -> None:
    rollup, doubt, batch = opened()
    before, wrong = doubt.root, replace(batch, new_root=(7).to_bytes(32, "big"))
    doubt.propose(PROPOSER, wrong)
    doubt.challenge(DOUBTER)
    assert doubt.prove(PROPOSER, wrong).reason == "the proof does not hold"
    assert doubt.settle(DOUBTER).reason == "there is still time"
    rollup.l1.wait(PROVING)
    assert not doubt.settle(DOUBTER).reason
    assert (doubt.root, doubt.credit(PROPOSER), doubt.credit(DOUBTER)) == (before, 0, 2 * doubt.bond)


def test_payments_that_nobody_has_signed_cannot_be_proposed() -> None:
    _, doubt, batch = opened()
    forged = replace(batch, data=batch.data[:-1] + bytes([batch.data[-1] ^ 1]))
    assert doubt.propose(PROPOSER, forged).reason == "a payment is malformed or not signed by its payer"
    for data in (b"", batch.data + b"\0", batch.data[:-1]):
        assert doubt.propose(PROPOSER, replace(batch, data=data)).reason == "malformed payments"


def test_without_a_proposal_there_is_nothing_to_doubt_to_prove_or_to_settle() -> None:
    _, doubt, batch = opened()
    for answer in (doubt.challenge(DOUBTER), doubt.prove(PROPOSER, batch), doubt.settle(PROPOSER)):
        assert answer.reason == "nothing is proposed"


def test_each_side_has_its_bond_and_collects_once() -> None:
    rollup, doubt, batch = opened()
    calls = DOUBT.call_data("propose", batch.new_root, batch.data), DOUBT.call_data("challenge")
    for who, call in zip((PROPOSER, DOUBTER), calls, strict=True):
        for value, reason in ((0, "not the bond"), (doubt.bond + 1, "not the bond"), (doubt.bond, "")):
            assert rollup.l1.ask(who, doubt.address, call, gas_limit=1_000_000, value=value).reason == reason
    doubt.prove(PROPOSER, batch)
    for reason in ("", "nothing is owed"):
        assert rollup.l1.ask(DOUBTER, doubt.address, DOUBT.call_data("collect", PROPOSER.address)).reason == reason
    assert rollup.l1.account(doubt.address).balance == 0


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


def test_the_bonds_of_a_side_down_to_the_last_step_are_those_that_are_named() -> None:
    sides = [sum(map(bond_at, range(first, 74, 2))) for first in (0, 1)]  # the proposer moves first
    assert [round(side / ETHER, -1) for side in sides] == [330, 360]
    assert "330 to 360 ether of bonds a side" in ways_to_settle(8)[0].lived
