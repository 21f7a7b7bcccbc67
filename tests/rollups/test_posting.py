"""A batch on toyevm's L1: a transaction of it pays what `costs` says, and its blobs are those of their sidecars."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.chains import block_of, run_block
from tests.support.worlds import ALICE, COINBASE, signed, world
from toyevm.chain import blob_base_fee
from toyevm.errors import InvalidProof
from toyevm.forks import BPO2, CANCUN, OSAKA, PRAGUE, Fork
from toyevm.rollups.blobs import decode_blob
from toyevm.rollups.costs import USABLE_BYTES, FeeScenario, blob_cost, calldata_cost, excess_for
from toyevm.rollups.kzg import check_sidecar, load_setup, make_sidecar
from toyevm.transactions import BLOB, FEE_MARKET, Transaction
from toyevm.types import Hash32
from toyevm.units import GWEI

INBOX = b"\x1b" * 20
GAS_PRICE = 7 * GWEI
FORKS = (CANCUN, PRAGUE, OSAKA, BPO2)


def posted(fork: Fork, excess: int, *transactions: Transaction) -> int:
    """Return what Alice pays for these transactions in one block."""
    pre = world()
    block = block_of(
        fork, *transactions, base_fee_per_gas=GAS_PRICE, excess_blob_gas=excess, gas_limit=60_000_000, coinbase=COINBASE
    )
    outcome = run_block(fork, pre, block)
    assert all(result.succeeded for result in outcome.result.results)
    return pre.accounts[ALICE].balance - outcome.post.accounts[ALICE].balance


def carrier(*hashes: Hash32) -> Transaction:
    return signed(
        type=BLOB, to=INBOX, gas_limit=21_000, max_fee_per_gas=GAS_PRICE, max_fee_per_blob_gas=2 * GWEI,
        blob_hashes=hashes,
    )  # fmt: skip


@pytest.mark.parametrize("fork", FORKS, ids=str)
@pytest.mark.parametrize("count", [1, 3, 6])
def test_l1_charges_for_blobs_what_they_are_said_to_cost(fork: Fork, count: int) -> None:
    excess = excess_for(fork, GWEI)
    fees = FeeScenario("", fork, GAS_PRICE, blob_base_fee(fork.blobs, excess), "")
    paid = posted(fork, excess, carrier(*(b"\x01" + bytes(30) + bytes([place]) for place in range(count))))
    assert paid == blob_cost(count * USABLE_BYTES, 1, fees).wei


@pytest.mark.parametrize("fork", FORKS, ids=str)
@pytest.mark.parametrize("size", [0, 1, 5_000, 400_000])
def test_l1_charges_for_calldata_what_it_is_said_to_cost(fork: Fork, size: int) -> None:
    data = Random(size).randbytes(size)
    cost = calldata_cost(data, 1, FeeScenario("", fork, GAS_PRICE, 1, ""))
    assert cost.transactions == 1
    tx = signed(type=FEE_MARKET, to=INBOX, data=data, gas_limit=cost.wei // GAS_PRICE, max_fee_per_gas=GAS_PRICE)
    assert posted(fork, 0, tx) == cost.wei


def test_a_batch_travels_beside_the_transaction_that_carries_its_hash() -> None:
    pytest.importorskip("ckzg")
    setup, batch = load_setup(), Random(9).randbytes(50_000)
    sidecar = make_sidecar(batch, setup)
    tx = carrier(sidecar.versioned_hash)
    assert posted(BPO2, 0, tx) > 0
    check_sidecar(sidecar, tx.blob_hashes[0], setup)
    assert decode_blob(sidecar.blob) == batch
    with pytest.raises(InvalidProof):
        check_sidecar(make_sidecar(batch + b"!", setup), tx.blob_hashes[0], setup)
