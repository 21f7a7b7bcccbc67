"""The bridge: what is locked on L1 is on L2, comes back once, and only by a message that L2 has sent."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.bridged import ANN, BOB, MALLORY, bridged, newest_root, outcome, proven, withdrawn
from toyevm.errors import InputError
from toyevm.rollups.l1 import SAVINGS
from toyevm.rollups.roles import Layer
from toyevm.transactions import BLOB
from toyevm.units import ETHER, GWEI


def test_a_deposit_is_credited_on_l2_whatever_the_sequencer_wants() -> None:
    layer = bridged()
    layer.users[0].deposit(3 * ETHER, to=BOB.address)
    layer.l1.mine()
    books = layer.books()
    assert (books.locked, books.supply, books.deposits_in_flight) == (33 * ETHER, 30 * ETHER, 3 * ETHER)
    for _ in range(layer.chain.config.sequencing_window + 1):  # the sequencer says nothing
        layer.l1.mine()
    layer.node.follow()
    assert layer.chain.world.accounts[BOB.address].balance == 13 * ETHER
    assert layer.books().is_balanced


@pytest.mark.parametrize(("amount", "why"), [(0, "nothing deposited"), (GWEI + 1, "not in whole gwei")])
def test_a_deposit_that_l2_could_not_credit_is_refused(amount: int, why: str) -> None:
    layer = bridged()
    assert outcome(layer, layer.users[0].deposit(amount)) == why
    assert layer.books().locked == 30 * ETHER


def test_a_withdrawal_is_proven_then_paid() -> None:
    layer = bridged()
    before = layer.l1.account(BOB.address).balance
    layer.users[0].withdraw(2 * ETHER, to=BOB.address)
    layer.turn()
    (message,) = layer.users[0].messages()
    assert layer.books().withdrawals_in_flight == message.amount == 2 * ETHER
    layer.proposer.propose()
    layer.turn()
    assert outcome(layer, layer.bridge.prove(MALLORY, message, layer.chain, newest_root(layer))) is None
    assert layer.bridge.is_proven(message)
    assert outcome(layer, layer.bridge.finalize(MALLORY, message), seconds=612) is None
    assert layer.bridge.is_finalized(message)
    assert layer.l1.account(BOB.address).balance == before + 2 * ETHER
    assert layer.l1.account(layer.bridge.address).balance == layer.books().locked == 28 * ETHER
    assert layer.books().is_balanced
    assert layer.books().in_flight == 0


def test_a_withdrawal_of_everything_leaves_nothing_behind_but_the_fees() -> None:
    layer = bridged()
    fees = 10**16
    message = proven(layer, layer.users[0].balance - fees)
    outcome(layer, layer.bridge.finalize(ANN, message), seconds=612)
    books = layer.books()
    assert books.is_balanced
    assert 0 < books.burnt < fees
    assert layer.l1.account(ANN.address).balance < SAVINGS


def test_books_notice_ether_from_nowhere() -> None:
    layer = bridged()
    world = layer.chain.world
    account = world.accounts[ANN.address]
    world.accounts[ANN.address] = type(account)(account.nonce, account.balance + 1)  # type: ignore[index]
    assert not layer.books().is_balanced


def test_two_withdrawals_of_the_same_amount_are_two() -> None:
    layer = bridged()
    layer.users[0].withdraw(ETHER)
    layer.users[0].withdraw(ETHER)
    layer.turn()
    one, other = layer.users[0].messages()
    assert one.hash != other.hash
    assert layer.books().withdrawals_in_flight == 2 * ETHER


def test_a_message_under_an_earlier_root_than_its_own_is_not_there() -> None:
    layer = bridged()
    layer.proposer.propose()
    layer.turn()
    early = newest_root(layer)
    message = withdrawn(layer)
    assert outcome(layer, layer.bridge.prove(ANN, message, layer.chain, early)) == "not sent on L2"


def test_the_sequencer_leaves_out_what_cannot_be_in_a_block_and_takes_the_rest() -> None:
    layer = bridged()
    ann, bob, mallory = layer.users
    chain_id = layer.chain.config.chain.chain_id
    fees = {"gas_limit": 21_000, "max_fee_per_gas": 30 * GWEI, "max_priority_fee_per_gas": 0, "chain_id": chain_id}
    good = [ann.pay(BOB.address, 1), ann.pay(BOB.address, 2)]
    layer.sequencer.send(MALLORY.sign(to=BOB.address, value=10**30, nonce=0, **fees))
    blob = {"type": BLOB, "max_fee_per_blob_gas": 10, "blob_hashes": (b"\x01" + bytes(31),)}
    layer.sequencer.send(MALLORY.sign(to=BOB.address, nonce=0, **fees, **blob))
    good.append(bob.pay(ANN.address, 3))
    good.append(mallory.sequencer.send(MALLORY.sign(to=ANN.address, value=4, nonce=0, **fees)))
    layer.turn()
    assert [block.sealed.transactions for block in layer.chain.blocks if block.sealed.transactions] == [tuple(good)]
    reasons = sorted(reason.partition(":")[0] for _, reason in layer.sequencer.refused)
    assert reasons == ["L2 has no blobs", "insufficient-funds"]
    assert layer.books().is_balanced


def test_who_comes_when_an_l2_block_is_full_is_in_the_next_one() -> None:
    layer = Layer([ANN, BOB], gas_limit=100_000)
    ann = layer.users[0]
    ann.deposit(ETHER)
    for _ in range(2):
        layer.turn()
    txs = [ann.pay(BOB.address, 1) for _ in range(6)]
    too_large = ANN.sign(to=BOB.address, nonce=6, gas_limit=100_001, chain_id=layer.chain.config.chain.chain_id)
    layer.sequencer.send(too_large)
    for _ in range(2):
        layer.turn()
    assert [block.sealed.transactions for block in layer.chain.blocks if block.sealed.transactions] == [
        tuple(txs[:4]),
        tuple(txs[4:]),
    ]
    assert [tx for tx, _ in layer.sequencer.refused] == [too_large]


def test_a_batch_that_does_not_compress_is_posted_all_the_same() -> None:
    """A whole frame of calldata takes some four million gas."""
    layer = bridged()
    fees = {"max_fee_per_gas": 30 * GWEI, "max_priority_fee_per_gas": 0, "chain_id": layer.chain.config.chain.chain_id}
    data = Random(1).randbytes(120_000)
    tx = layer.sequencer.send(ANN.sign(to=BOB.address, data=data, nonce=0, gas_limit=5_000_000, **fees))
    layer.turn()
    assert layer.chain.head.sealed.transactions == (tx,)


@pytest.mark.parametrize("number", [99, -1])
def test_an_l2_block_that_is_not_there_has_no_root_and_no_proof(number: int) -> None:
    layer = bridged()
    message = withdrawn(layer)
    with pytest.raises(InputError, match=f"no block {number} "):
        layer.proposer.propose(number)
    with pytest.raises(InputError, match=f"no block {number} "):
        layer.bridge.prove(ANN, message, layer.chain, number)
