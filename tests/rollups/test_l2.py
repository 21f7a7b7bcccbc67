"""A block of L2 says which block of L1 it refers to, and is a function of its input."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.layers import GENESIS_EPOCH, START, Layer, config, payment
from toyevm.chain import ChainConfig
from toyevm.errors import InputError, InvalidBlock
from toyevm.forks import SHANGHAI
from toyevm.rollups.l2 import L2Chain, RollupConfig, config_for
from toyevm.rollups.values import BlockInput
from toyevm.transactions import encode_transaction
from toyevm.workloads.transfers import to_many


def test_the_header_of_a_block_names_its_epoch() -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    layer.sequence()
    header = layer.chain.head.sealed.header
    assert header.parent_beacon_root == epoch.hash
    assert int.from_bytes(header.extra_data, "big") == epoch.number == GENESIS_EPOCH + 1
    genesis = layer.chain.blocks[0]
    assert genesis.input == BlockInput(bytes(32), GENESIS_EPOCH, bytes(32), START)
    first = genesis.sealed.header
    assert (first.parent_beacon_root, first.extra_data) == (bytes(32), GENESIS_EPOCH.to_bytes(8, "big"))
    assert (first.number, first.excess_blob_gas, first.timestamp) == (0, 0, START)


def test_the_same_input_in_another_epoch_is_another_block() -> None:
    one, other = Layer(), Layer()
    other.l1.salt = "other"
    for layer in (one, other):
        layer.l1.mine()
        layer.sequence(payments=0)
    assert one.chain.head.timestamp == other.chain.head.timestamp
    assert one.chain.head.hash != other.chain.head.hash


def test_blocks_come_as_early_as_they_may_unless_they_say_otherwise() -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    layer.sequence(blocks=3, payments=0)
    assert [block.timestamp - START for block in layer.chain.blocks] == [0, 12, 13, 14]
    assert layer.chain.next_input(epoch, timestamp=START + 50).timestamp == START + 50


def test_a_layer_for_a_workload_runs_its_block() -> None:
    workload = to_many(5)
    rules = config_for(workload, genesis_epoch=GENESIS_EPOCH, genesis_timestamp=START)
    header = workload.block.header
    assert (rules.gas_limit, rules.base_fee, rules.sequencer) == (
        *(header.gas_limit, header.base_fee_per_gas, header.coinbase),
    )
    layer = Layer(rules=rules)
    assert layer.chain.config is rules
    epoch = layer.l1.mine()
    raws = tuple(encode_transaction(tx) for tx in workload.block.transactions)
    block = layer.chain.append(layer.chain.next_input(epoch, raws), epoch)
    assert [receipt.succeeded for receipt in block.sealed.receipts] == [True] * 5
    assert block.world.accounts[header.coinbase].balance > 0


def test_a_chain_of_an_older_fork_has_no_beacon_root() -> None:
    chain = L2Chain(RollupConfig(chain=ChainConfig(42, SHANGHAI), genesis_epoch=GENESIS_EPOCH, genesis_timestamp=START))
    epoch = Layer().l1.mine()
    header = chain.append(chain.next_input(epoch), epoch).sealed.header
    assert (header.parent_beacon_root, header.excess_blob_gas) == (None, None)


def test_a_block_that_fails_leaves_the_chain_as_it_was() -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    with pytest.raises(InvalidBlock, match="transaction 0: nonce-too-high"):
        layer.chain.append(layer.chain.next_input(epoch, (payment("Ann", "Bob", 1, nonce=5),)), epoch)
    assert (layer.chain.head.number, layer.chain.world) == (0, layer.chain.blocks[0].world)


def test_shortened_hashes_are_made_whole() -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    short = replace(layer.chain.next_input(epoch), parent_hash=b"", epoch_hash=epoch.hash[:20])
    block = layer.chain.append(short, epoch)
    assert block.input == BlockInput(layer.chain.blocks[0].hash, epoch.number, epoch.hash, short.timestamp)


def test_a_chain_goes_back_to_a_block_that_it_has() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=3)
    hashes = layer.chain.hashes
    layer.chain.rewind(3)
    assert layer.chain.hashes == hashes
    layer.chain.rewind(1)
    assert layer.chain.hashes == hashes[:2]
    layer.chain.rewind(0)
    assert layer.chain.hashes == hashes[:1]
    for number in (1, -1):
        with pytest.raises(InputError, match=f"L2Chain: no block {number} .expected 0 to 0"):
            layer.chain.rewind(number)


def test_code_sees_the_hashes_of_the_last_256_blocks() -> None:
    layer = Layer(rules=config())
    epoch = layer.l1.mine()
    for _ in range(258):
        layer.chain.append(layer.chain.next_input(epoch), epoch)
    block = layer.chain.open_block(layer.chain.next_input(epoch), epoch)
    assert sorted(block.ancestor_hashes) == list(range(3, 259))
    assert block.ancestor_hashes[258] == layer.chain.head.hash
