"""Attacks on the bridge: each is refused by name, and, where a defence is left out, works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.bridged import ANN, MALLORY, bridged, newest_root, outcome, proven, withdrawn
from toyevm import rlp
from toyevm.contracts import load_contract
from toyevm.contracts.abi import reason_of
from toyevm.rollups.bridge import GATEWAY, WithdrawalMessage, slot_proof_of
from toyevm.rollups.bridge_by_proof import ACCEPTED_BYTES, FAULTY, BridgeByProof
from toyevm.rollups.roles import Layer
from toyevm.units import ETHER

Change = Callable[[Any, Any], bytes]  # of the two lists of nodes into something that might pass for a proof
TAMPERED = {
    "nonce": {"nonce": 1},
    "sender": {"sender": MALLORY.address},
    "receiver": {"to": MALLORY.address},
    "amount": {"amount": 30 * ETHER},
}


def test_a_withdrawal_is_not_paid_twice() -> None:
    layer = bridged()
    message = proven(layer)
    assert outcome(layer, layer.bridge.finalize(ANN, message), seconds=612) is None
    assert outcome(layer, layer.bridge.finalize(ANN, message)) == "finalized already"
    again = layer.bridge.prove(ANN, message, layer.chain, newest_root(layer))
    assert outcome(layer, again) == "finalized already"
    assert layer.books().locked == 29 * ETHER


def test_proving_again_does_not_begin_the_delay_again() -> None:
    layer = bridged()
    message = proven(layer)
    again = layer.bridge.prove(MALLORY, message, layer.chain, newest_root(layer))
    assert outcome(layer, again, seconds=500) == "proven already"
    assert outcome(layer, layer.bridge.finalize(ANN, message), seconds=100) is None


@pytest.mark.parametrize("seconds", [12, 588])
def test_a_withdrawal_is_not_paid_early(seconds: int) -> None:
    layer = bridged(delay=600)
    message = proven(layer)
    assert outcome(layer, layer.bridge.finalize(ANN, message), seconds) == "too early"
    assert outcome(layer, layer.bridge.finalize(ANN, message), 600 - seconds) is None  # to the second


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_message_with_another_field_was_never_sent(change: dict[str, int | bytes]) -> None:
    layer = bridged()
    message = withdrawn(layer)
    other = message._replace(**change)  # type: ignore[arg-type]
    number = newest_root(layer)
    assert outcome(layer, layer.bridge.prove(MALLORY, other, layer.chain, number)) == "not sent on L2"
    stolen_proof = slot_proof_of(layer.chain.blocks[number].world, GATEWAY, message.slot)
    tx = layer.bridge.submit(MALLORY, "prove_withdrawal", *other, number, stolen_proof)
    assert outcome(layer, tx) == "proof does not hold"
    assert outcome(layer, layer.bridge.finalize(MALLORY, other)) == "not proven"
    assert outcome(layer, layer.bridge.prove(ANN, message, layer.chain, number)) is None


def test_fields_cannot_be_changed_between_proof_and_payment() -> None:
    layer = bridged()
    message = proven(layer)
    to_mallory = message._replace(to=MALLORY.address)
    assert outcome(layer, layer.bridge.finalize(MALLORY, to_mallory), seconds=612) == "not proven"


def test_a_state_root_that_nobody_accepted_proves_nothing() -> None:
    layer = bridged()
    layer.users[0].withdraw(ETHER)
    layer.turn()
    (message,) = layer.users[0].messages()
    number = layer.chain.head.number
    assert outcome(layer, layer.bridge.prove(ANN, message, layer.chain, number)) == "no accepted root"
    data = load_contract("trusted_roots").call_data("accept", number, bytes(32), 1, layer.l1.entries[1].sealed.hash)
    assert outcome(layer, layer.l1.submit(MALLORY, layer.bridge.settlement, data)) == "not the owner"


def with_long_length(payload: bytes) -> bytes:
    """Return an RLP list whose length has a zero in front."""
    return b"\xfa" + len(payload).to_bytes(3, "big") + payload


OTHER_PROOFS: dict[str, Change] = {
    "a node too many": lambda account, slot: rlp.encode([account, [*slot, slot[-1]]]),
    "a node too few": lambda account, slot: rlp.encode([account, slot[:-1]]),
    "in another order": lambda account, slot: rlp.encode([slot, account]),
    "a longer length": lambda account, slot: with_long_length(rlp.encode(account) + rlp.encode(slot)),
    "bytes behind": lambda account, slot: rlp.encode([account, slot]) + b"\0",
    "nothing": lambda account, slot: b"",
}


@pytest.mark.parametrize("change", OTHER_PROOFS.values(), ids=OTHER_PROOFS)
def test_a_proof_has_one_form_only(change: Change) -> None:
    layer = bridged()
    message, number = withdrawn(layer), newest_root(layer)
    account, slot = rlp.decode(slot_proof_of(layer.chain.blocks[number].world, GATEWAY, message.slot))
    tx = layer.bridge.submit(ANN, "prove_withdrawal", *message, number, change(account, slot))
    assert outcome(layer, tx) == "proof does not hold"


def exits_of_one_burn(layer: Layer, message: WithdrawalMessage) -> Counter[str | None]:
    """Prove a message with each of the 256 first bytes, finalise all, and return what became of the payments."""
    door, number = BridgeByProof(layer.bridge), newest_root(layer)
    proofs = [door.prove(MALLORY, message, layer.chain, number, byte, gas_limit=300_000) for byte in range(256)]
    while layer.l1.pool:
        layer.turn()
    assert Counter(reason_of(layer.l1.result(tx)) for tx, _ in proofs) == {None: 224, "an odd number of digits": 32}
    layer.turn(600)
    payments = [door.finalize(MALLORY, exit_, gas_limit=100_000) for _, exit_ in proofs]
    while layer.l1.pool:
        layer.turn()
    return Counter(reason_of(layer.l1.result(tx)) for tx in payments)


def test_where_proofs_are_remembered_instead_of_messages_one_burn_is_paid_224_times() -> None:
    layer = bridged(FAULTY)
    message = withdrawn(layer, ETHER // 10, user=2)
    before = layer.l1.account(MALLORY.address).balance
    assert exits_of_one_burn(layer, message) == {None: 224, "not proven": 32}
    assert len(ACCEPTED_BYTES) == 224
    stolen = layer.l1.account(MALLORY.address).balance - before
    assert 22 * ETHER < stolen < 224 * ETHER // 10  # less what the gas cost
    assert layer.books().locked == 30 * ETHER - 224 * (ETHER // 10)
    assert not layer.books().is_balanced
    assert layer.books().supply > layer.books().locked  # who comes too late finds nothing


def test_the_same_theft_does_not_work_where_messages_are_remembered() -> None:
    """There is no path to send along; every other form of the proof is refused, and the same one is proven already."""
    layer = bridged()
    message = proven(layer, ETHER // 10, user=2)
    number = newest_root(layer)
    for change in OTHER_PROOFS.values():
        account, slot = rlp.decode(slot_proof_of(layer.chain.blocks[number].world, GATEWAY, message.slot))
        tx = layer.bridge.submit(MALLORY, "prove_withdrawal", *message, number, change(account, slot))
        assert outcome(layer, tx) == "proven already"
    assert outcome(layer, layer.bridge.finalize(MALLORY, message), seconds=612) is None
    assert outcome(layer, layer.bridge.finalize(MALLORY, message)) == "finalized already"
    assert layer.books().is_balanced
