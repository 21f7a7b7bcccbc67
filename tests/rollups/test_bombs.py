"""Channels that unpack to no more than they may, and yet to more things than a node wants to hold."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from tests.rollups.hostile import followed, raw_channel
from tests.support.layers import Layer
from toyevm import rlp
from toyevm.rollups.compression import compress
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.dropped import DropReason
from toyevm.rollups.encodings.cursor import uvarint
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.values import BlockInput

MANY = 1_900_000  # bytes: nearly what a node is willing to unpack
SMALL_THINGS = {  # what a channel of 2 to 10 kilobytes unpacks to
    "a list of empty lists": rlp.header(rlp.LIST, MANY) + b"\xc0" * MANY,
    "bits of transactions that do not follow": rlp.encode(
        b"\1\0\0" + bytes(40) + uvarint(1) + uvarint(4 * MANY) + bytes(MANY)
    ),
    "signed RLP of empty lists": rlp.encode(b"\2" + rlp.header(rlp.LIST, MANY) + b"\xc0" * MANY),
    "blocks of the past": rlp.encode(Singular().encode_block(BlockInput(bytes(32), 0, bytes(32), 0))) * 25_000,
}


def after(content: bytes) -> tuple[Layer, Pipeline]:
    """Return a layer on whose L1 this content is in front of the sequencer's, and a node that has read both."""
    layer, channel = Layer(), compress(content)
    assert len(channel) < 10_000
    layer.l1.mine()
    layer.sequence()
    layer.l1.mine([*raw_channel(channel), *layer.submissions(1)])
    return layer, followed(layer)


@pytest.mark.parametrize("content", SMALL_THINGS.values(), ids=SMALL_THINGS)
def test_what_unpacks_to_many_small_things_is_dropped_before_long(content: bytes) -> None:
    """It is within the limit, so that it is read: the bomb is what Python makes of each byte."""
    started = time.process_time()
    layer, pipeline = after(content)
    assert time.process_time() - started < 20  # measured: 2 to 7 seconds for a million lists, 1 at most for the rest
    assert pipeline.chain.hashes == layer.chain.hashes
    assert {one.reason for one in pipeline.dropped} in ({DropReason.MALFORMED_BATCH}, {DropReason.PAST})


@pytest.mark.parametrize("name", list(SMALL_THINGS)[:2])
def test_what_cannot_be_a_batch_is_not_counted_out_first(name: str) -> None:
    tracemalloc.start()
    try:
        after(SMALL_THINGS[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * MANY
