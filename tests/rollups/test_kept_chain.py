"""L1, L2 and the sidechain keep their blocks alike; what only one of them has, the others refuse."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.support.layers import Layer
from toyevm.chain import ChainConfig
from toyevm.errors import InputError, InvalidBlock
from toyevm.forks import PARIS
from toyevm.rollups.kept_chain import KeptChain, first_block
from toyevm.rollups.l1 import L1
from toyevm.rollups.l2 import L2Chain
from toyevm.rollups.sidechain.chain import ChildChain
from toyevm.sealing import check_link
from toyevm.state import Account, WorldState
from toyevm.transactions import BLOB
from toyevm.workloads.wallets import wallet

ANN = wallet("Ann")


def grown_l2() -> L2Chain:
    layer = Layer()
    layer.sequence(blocks=3)
    return layer.chain


def grown(chain: L1 | ChildChain) -> L1 | ChildChain:
    for _ in range(3):
        chain.mine()
    return chain


CHAINS: dict[str, Callable[[], KeptChain[Any]]] = {
    "L1": lambda: grown(L1([ANN])),
    "L2": grown_l2,
    "sidechain": lambda: grown(ChildChain()),
}
on_each = pytest.mark.parametrize("name", CHAINS)


@on_each
def test_each_header_follows_from_the_one_before_and_says_its_world(name: str) -> None:
    chain = CHAINS[name]()
    headers = [entry.sealed.header for entry in chain.entries]
    assert [header.number for header in headers] == [0, 1, 2, 3]
    for parent, header in pairwise(headers):
        check_link(chain.chain, parent, header)
    assert [entry.world.root for entry in chain.entries] == [header.state_root for header in headers]


@on_each
def test_block_0_is_sealed_by_the_rules_of_every_other(name: str) -> None:
    chain = CHAINS[name]()
    first, second = (entry.sealed.header for entry in chain.entries[:2])
    for each in ("withdrawals_root", "blob_gas_used", "requests_hash", "parent_beacon_root"):
        assert (getattr(first, each) is None) == (getattr(second, each) is None), each
    assert (first.excess_blob_gas, first.parent_beacon_root) == (0, bytes(32))
    assert chain.has(0, chain.entries[0].sealed.hash)
    assert chain.entry(0) is chain.entries[0]


def test_the_clock_begins_at_block_0() -> None:
    assert L1().head.timestamp == L1().now == 0


def test_before_cancun_block_0_has_neither_blobs_nor_beacon() -> None:
    first = first_block(ChainConfig(fork=PARIS), WorldState(), gas_limit=10**6, base_fee=7).sealed.header
    assert (first.excess_blob_gas, first.parent_beacon_root) == (None, None)


@on_each
def test_a_rewound_chain_is_as_it_was_at_that_block(name: str) -> None:
    chain = CHAINS[name]()
    kept = chain.entries[:2]
    gone = chain.entries[2].sealed.hash
    chain.rewind(1)
    assert chain.entries == kept
    assert chain.world is kept[1].world
    assert chain.has(1, kept[1].sealed.hash)
    assert not chain.has(2, gone)


@on_each
@pytest.mark.parametrize("number", [-1, 4, "a", None])
def test_a_block_that_is_not_there_is_refused(name: str, number: Any) -> None:
    chain = CHAINS[name]()
    for look in (chain.entry, chain.rewind):
        with pytest.raises(InputError, match=f"{type(chain).__name__}: no block {number} .expected 0 to 3"):
            look(number)
    assert len(chain.entries) == 4


@on_each
def test_a_block_that_does_not_follow_is_refused_and_changes_nothing(name: str) -> None:
    chain = CHAINS[name]()
    before = list(chain.entries)
    again = chain.next_block(chain.entries[-1].sealed.header)
    with pytest.raises(InvalidBlock, match="does not follow from the parent"):
        chain.execute(again)
    assert chain.entries == before


@on_each
def test_whoever_is_not_there_has_an_empty_account(name: str) -> None:
    chain = CHAINS[name]()
    assert chain.account(wallet("Nobody").address) == Account()


def test_the_sidechain_is_no_l1_and_takes_no_blobs() -> None:
    side = ChildChain()
    assert not isinstance(side, L1)
    tx = side.sign(ANN, ANN.address, type=BLOB, blob_hashes=(b"\1" + bytes(31),), max_fee_per_blob_gas=1)
    with pytest.raises(InputError, match="a transaction with blobs"):
        side.send(tx)
