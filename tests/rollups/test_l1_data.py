"""What of an L1 block counts for a layer: what its batcher posts, in calldata or blobs, and what its bridge logs."""

from __future__ import annotations

import pytest

from toyevm.contracts import load_contract
from toyevm.errors import InputError
from toyevm.rollups.blobs import encode_blob, versioned_hash
from toyevm.rollups.l1 import L1
from toyevm.rollups.l1_data import INBOX
from toyevm.rollups.values import Deposit, L1Block
from toyevm.transactions import BLOB
from toyevm.types import Address
from toyevm.units import ETHER, GWEI
from toyevm.workloads.wallets import wallet

ANN, BATCHER, MALLORY = wallet("Ann"), wallet("batcher"), wallet("Mallory")
BRIDGE = load_contract("l1_bridge")


def with_bridge() -> tuple[L1, Address]:
    l1 = L1([ANN, BATCHER, MALLORY])
    return l1, l1.deploy(ANN, BRIDGE, bytes(20), b"\x77" * 20, 1, 60)


def data_of(l1: L1, bridge: Address) -> L1Block:
    return l1.data(l1.head.number, INBOX, bridge, BATCHER.address)


def post_blob(l1: L1, blob: bytes) -> bytes:
    hash_ = versioned_hash(blob[:48])  # L1 does not look into it; the commitment is the business of kzg.py
    l1.send(l1.sign(BATCHER, INBOX, type=BLOB, max_fee_per_blob_gas=10, blob_hashes=(hash_,)), {hash_: blob})
    return hash_


def test_what_the_batcher_sends_to_the_inbox_counts_and_nothing_else() -> None:
    l1, bridge = with_bridge()
    l1.submit(BATCHER, INBOX, b"one")
    l1.submit(MALLORY, INBOX, b"rubbish")
    l1.submit(BATCHER, ANN.address, b"a letter")
    post_blob(l1, encode_blob(b"two"))
    l1.submit(BATCHER, INBOX, b"three")
    sealed = l1.mine()
    found = data_of(l1, bridge)
    assert found.submissions == (b"one", b"two", b"three")
    assert (found.number, found.hash, found.timestamp) == (2, sealed.hash, 24)
    assert found.parent_hash == l1.entries[1].sealed.hash


def test_a_blob_that_is_malformed_holds_nothing() -> None:
    l1, bridge = with_bridge()
    post_blob(l1, b"\xff" * 2**17)
    l1.mine()
    assert data_of(l1, bridge).submissions == ()


def test_nobody_can_put_another_blob_in_the_place_of_the_batchers() -> None:
    """What a hash stands for is settled once, or two nodes would derive two chains."""
    l1, bridge = with_bridge()
    hash_ = post_blob(l1, encode_blob(b"two"))
    for when in ("before", "after"):
        rival = l1.sign(MALLORY, INBOX, type=BLOB, max_fee_per_blob_gas=10, blob_hashes=(hash_,))
        with pytest.raises(InputError, match=f"send: another blob under 0x{hash_.hex()}"):
            l1.send(rival, {hash_: encode_blob(b"mine")})
        l1.send(rival, {hash_: encode_blob(b"two")})
        if when == "before":
            l1.mine()
            assert data_of(l1, bridge).submissions == (b"two",)


def test_a_blob_that_is_gone_is_missed() -> None:
    l1, bridge = with_bridge()
    gone = post_blob(l1, encode_blob(b"two"))
    l1.mine()
    del l1.blobs[gone]
    with pytest.raises(InputError, match="blobs that are still kept"):
        data_of(l1, bridge)


def test_deposits_come_from_the_logs_of_the_bridge_in_order() -> None:
    l1, bridge = with_bridge()
    other = l1.deploy(MALLORY, BRIDGE, bytes(20), b"\x77" * 20, 1, 60)
    l1.submit(ANN, bridge, BRIDGE.call_data("deposit", b"\xbb" * 20), value=ETHER)
    l1.submit(ANN, bridge, BRIDGE.call_data("deposit", b"\xcc" * 20), value=5 * GWEI)
    l1.submit(ANN, bridge, BRIDGE.call_data("deposit", b"\xcc" * 20), value=5 * GWEI + 1)  # reverts
    l1.submit(MALLORY, other, BRIDGE.call_data("deposit", MALLORY.address), value=ETHER)
    l1.mine()
    assert data_of(l1, bridge).deposits == (Deposit(0, b"\xbb" * 20, 10**9), Deposit(1, b"\xcc" * 20, 5))
