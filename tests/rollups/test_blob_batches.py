"""A batch in a real blob: committed to, carried beside an L1 transaction, and derived to the last bit."""

from __future__ import annotations

import sys

import pytest

from toyevm.errors import InvalidProof
from toyevm.rollups.blobs import decode_blob, versioned_hash
from toyevm.rollups.derivation import derive
from toyevm.rollups.kzg import TrustedSetup, check_sidecar, commit, load_setup, make_sidecar, setup_if_installed
from toyevm.rollups.l1_data import INBOX
from toyevm.rollups.roles import Layer
from toyevm.transactions import BLOB, Transaction
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

ANN, BOB = wallet("Ann"), wallet("Bob")


@pytest.fixture(scope="module")
def setup() -> TrustedSetup:
    pytest.importorskip("ckzg", reason="ckzg is not installed: pip install 'toyevm[blobs]'")
    return load_setup()


def lived(setup: TrustedSetup | None) -> Layer:
    """Return a layer after some payments, posted with this setup."""
    layer = Layer([ANN, BOB])
    layer.batcher.setup = setup
    ann, _ = layer.users
    ann.deposit(11 * ETHER)
    layer.turn()
    for amount in range(1, 5):
        ann.pay(BOB.address, amount * ETHER)
        layer.turn()
    return layer


def posts(layer: Layer) -> list[Transaction]:
    return [tx for entry in layer.l1.entries for tx in entry.sealed.transactions if tx.to == INBOX]


def test_l2_derived_from_blobs_is_what_the_sequencer_promised_to_the_last_bit(setup: TrustedSetup) -> None:
    layer, sent = lived(setup), lived(None)
    rules = layer.node.config
    anew = derive(map(layer.node.read, range(rules.genesis_epoch, layer.l1.head.number + 1)), rules)
    assert anew.blocks == layer.chain.blocks == layer.sequencer.chain.blocks
    assert anew.account(BOB.address).balance == 10 * ETHER
    roots = [block.sealed.header.state_root for block in anew.blocks]
    assert roots == [block.sealed.header.state_root for block in sent.chain.blocks]
    assert layer.node.pipeline.dropped == []


def test_each_submission_is_a_blob_under_its_commitment_and_no_calldata(setup: TrustedSetup) -> None:
    layer = lived(setup)
    assert posts(layer)
    for tx in posts(layer):
        (hash_,) = tx.blob_hashes
        assert (tx.type, tx.data) == (BLOB, b"")
        assert versioned_hash(commit(layer.l1.blobs[hash_], setup)) == hash_
        check_sidecar(make_sidecar(decode_blob(layer.l1.blobs[hash_]), setup), hash_, setup)


def test_a_blob_of_other_data_is_not_under_the_hash_of_the_transaction(setup: TrustedSetup) -> None:
    (hash_,) = posts(lived(setup))[0].blob_hashes
    with pytest.raises(InvalidProof, match="versioned hash"):
        check_sidecar(make_sidecar(b"something else", setup), hash_, setup)


def test_without_ckzg_the_batcher_posts_calldata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ckzg", None)
    layer = lived(setup_if_installed())
    assert all(tx.data and not tx.blob_hashes for tx in posts(layer))
    assert layer.chain.blocks == layer.sequencer.chain.blocks
