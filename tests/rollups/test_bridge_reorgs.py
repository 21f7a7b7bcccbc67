"""What a reorg of L1, or a state root that is a lie, does to the bridge: without a defence each is a theft."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.bridged import ANN, BOB, MALLORY, bridged, outcome, withdrawn
from toyevm.contracts.abi import reason_of
from toyevm.errors import InputError
from toyevm.rollups.bridge import GATEWAY, WithdrawalMessage, slot_proof_of
from toyevm.rollups.roles import FullNode, Layer
from toyevm.state import WorldState
from toyevm.transactions import Transaction
from toyevm.units import ETHER


def deposited_and_paid(layer: Layer) -> None:
    """Mallory deposits 50 ether, and buys something from Bob on L2 as soon as she has them there."""
    layer.users[2].deposit(50 * ETHER)
    layer.turn()
    layer.users[2].pay(BOB.address, 55 * ETHER)
    layer.turn()


@pytest.mark.parametrize("depth", [2, 3, 10])
def test_a_deposit_that_a_reorg_takes_back_is_gone_from_l2_too(depth: int) -> None:
    layer = bridged()
    for _ in range(depth - 2):
        layer.turn()
    deposited_and_paid(layer)
    assert layer.chain.world.accounts[BOB.address].balance == 65 * ETHER
    layer.l1.reorg(2, keep=False)
    for _ in range(2):
        layer.turn()
    assert layer.books().locked == 30 * ETHER
    assert layer.books().is_balanced
    assert layer.chain.world.accounts[BOB.address].balance == 10 * ETHER  # he believed the sequencer, not L1
    assert [reason.partition(":")[0] for _, reason in layer.sequencer.refused] == ["insufficient-funds"]


def test_a_deposit_that_comes_again_after_a_reorg_counts_once() -> None:
    layer = bridged()
    deposited_and_paid(layer)
    layer.l1.reorg(2)
    layer.l1.mine()
    for _ in range(2):
        layer.turn()
    assert layer.books().locked == 80 * ETHER
    assert layer.books().is_balanced
    assert layer.chain.world.accounts[BOB.address].balance == 65 * ETHER


def test_who_does_not_follow_a_reorg_has_ether_from_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = bridged()
    deposited_and_paid(layer)
    monkeypatch.setattr(FullNode, "follow", lambda self: 0)
    layer.l1.reorg(2, keep=False)
    layer.l1.mine()
    books = layer.books()
    assert not books.is_balanced
    assert books.supply + books.burnt == books.locked + 50 * ETHER


def test_a_state_root_does_not_outlive_the_l1_it_was_computed_from() -> None:
    layer = bridged()
    deposited_and_paid(layer)
    tx = layer.proposer.propose()
    layer.l1.mine()
    assert reason_of(layer.l1.result(tx)) is None
    layer.l1.reorg(3, keep=False)
    for _ in range(3):
        layer.l1.mine()
    layer.l1.send(tx)  # the deposit is lost; what the proposer said about it comes again
    layer.l1.mine()
    assert reason_of(layer.l1.result(tx)) == "of another L1"
    assert layer.watcher.wrong_roots() == []


def forged(layer: Layer) -> tuple[WithdrawalMessage, WorldState]:
    """Return a message of 30 ether that was never sent, and a world in which it was."""
    message = WithdrawalMessage(99, MALLORY.address, MALLORY.address, 30 * ETHER)
    accounts = dict(layer.chain.world.accounts)
    gateway = accounts[GATEWAY]
    accounts[GATEWAY] = replace(gateway, storage={**gateway.storage, message.slot: 1})
    return message, WorldState(accounts)


def lied(layer: Layer) -> tuple[WithdrawalMessage, Transaction]:
    """The proposer tells L1 a root of her own, and the message is proven under it."""
    message, world = forged(layer)
    number = layer.chain.head.number
    assert outcome(layer, layer.proposer.propose(number, world.root)) is None
    proof = slot_proof_of(world, GATEWAY, message.slot)
    return message, layer.bridge.submit(MALLORY, "prove_withdrawal", *message, number, proof)


def test_who_may_say_what_the_state_root_is_can_take_everything() -> None:
    layer = bridged()
    withdrawn(layer)
    message, tx = lied(layer)
    assert outcome(layer, tx) is None
    before = layer.l1.account(MALLORY.address).balance
    assert outcome(layer, layer.bridge.finalize(MALLORY, message), seconds=612) is None
    assert layer.l1.account(MALLORY.address).balance > before + 29 * ETHER
    assert layer.books().locked == 0
    assert not layer.books().is_balanced


def test_a_lie_is_seen_in_the_delay_and_when_it_is_taken_back_nothing_is_paid() -> None:
    layer = bridged()
    withdrawn(layer)
    number = layer.chain.head.number
    message, tx = lied(layer)
    assert outcome(layer, tx) is None
    assert layer.watcher.wrong_roots() == [number]
    assert outcome(layer, layer.proposer.propose(number, bytes(32))) is None
    assert layer.watcher.wrong_roots() == []
    assert outcome(layer, layer.bridge.finalize(MALLORY, message), seconds=612) == "root taken back"
    assert layer.books().is_balanced


def test_who_proved_under_a_root_that_was_taken_back_proves_again() -> None:
    layer = bridged()
    message = withdrawn(layer)
    number = layer.chain.head.number
    layer.proposer.propose()
    layer.turn()
    assert outcome(layer, layer.bridge.prove(ANN, message, layer.chain, number)) is None
    assert outcome(layer, layer.proposer.propose(number, bytes(32))) is None
    layer.proposer.propose()
    layer.turn()
    right = layer.chain.head.number - 1
    assert outcome(layer, layer.bridge.prove(ANN, message, layer.chain, right)) is None
    assert outcome(layer, layer.bridge.finalize(ANN, message), seconds=500) == "too early"
    assert outcome(layer, layer.bridge.finalize(ANN, message), seconds=100) is None


def test_a_reorg_behind_the_first_block_of_l2_is_refused_in_one_line() -> None:
    layer = bridged()
    layer.l1.reorg(layer.l1.head.number - layer.node.config.genesis_epoch + 1, keep=False)
    for _ in range(5):
        layer.l1.mine()
    with pytest.raises(InputError, match="a reorg of 3 L1 blocks"):
        layer.node.follow()
