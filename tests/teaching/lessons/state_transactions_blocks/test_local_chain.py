"""The local chain of lesson 02: sealed blocks that follow each other, each executed on what the one before left."""

from __future__ import annotations

import pytest

from toyevm.errors import InvalidBlock
from toyevm.sealing import check_link
from toyevm.state import Account, WorldState
from toyevm.teaching.lessons.state_transactions_blocks.local_chain import LocalChain
from toyevm.units import ETHER, GWEI
from toyevm.workloads.tokens import creation_data
from toyevm.workloads.wallets import wallet

ANN = wallet("Ann")
TERMS = {"gas_limit": 600_000, "max_fee_per_gas": 20 * GWEI, "max_priority_fee_per_gas": GWEI}


def chain_with_token() -> LocalChain:
    chain = LocalChain(WorldState({ANN.address: Account(balance=ETHER)}))
    chain.add(ANN.sign(nonce=0, to=None, data=creation_data("A token with a long name", "TOY", 1_000), **TERMS))
    return chain


def test_blocks_follow_each_other_as_the_protocol_wants() -> None:
    chain = chain_with_token()
    chain.add()
    for parent, block in zip(chain.blocks, chain.blocks[1:], strict=False):
        check_link(chain.chain, parent.header, block.header)
    assert chain.head.state_root == chain.world.root


def test_a_refused_block_leaves_the_chain_as_it_was() -> None:
    chain = chain_with_token()
    before = chain.head, chain.world.root, len(chain.results)
    with pytest.raises(InvalidBlock, match="nonce-too-low"):
        chain.add(ANN.sign(nonce=0, to=ANN.address, **TERMS))
    assert (chain.head, chain.world.root, len(chain.results)) == before
