"""Channels that unpack to no more than they may, and yet to more things than a node wants to hold."""

from __future__ import annotations

import time
import tracemalloc
from types import SimpleNamespace

import pytest

from tests.rollups.hostile import followed, raw_channel
from tests.support.layers import Layer
from toyevm import rlp
from toyevm.rollups.compression import compress
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.dropped import DropReason
from toyevm.rollups.encodings import cursor
from toyevm.rollups.encodings.block_items import MOST_TRANSACTIONS
from toyevm.rollups.encodings.cursor import uvarint
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.values import BlockInput

MANY = 1_900_000  # bytes: nearly what a node is willing to unpack


def block_of(content: bytes) -> bytes:
    """Return a block in RLP whose list of transactions has this content."""
    fields = rlp.encode(bytes(32)) + rlp.encode(0) + rlp.encode(bytes(32)) + rlp.encode(0)
    fields += rlp.header(rlp.LIST, len(content)) + content
    return rlp.header(rlp.LIST, len(fields)) + fields


def signed_rlp(content: bytes) -> bytes:
    return rlp.encode(b"\2" + rlp.header(rlp.LIST, len(content)) + content)


SMALL_THINGS = {  # what a channel of 2 to 10 kilobytes unpacks to
    "a list of empty lists": rlp.header(rlp.LIST, MANY) + b"\xc0" * MANY,
    "bits of transactions that do not follow": rlp.encode(
        b"\1\0\0" + bytes(40) + uvarint(1) + uvarint(4 * MANY) + bytes(MANY)
    ),
    "signed RLP of empty lists": signed_rlp(b"\xc0" * MANY),
    "signed RLP of a block of empty lists": signed_rlp(block_of(b"\xc0" * MANY)),
    "signed RLP of a block of bytes": signed_rlp(block_of(b"\1" * MANY)),
    "signed RLP of blocks of bytes": signed_rlp(block_of(b"\1" * (MOST_TRANSACTIONS - 1)) * 90),
    "a block of empty lists": rlp.encode(b"\0" + block_of(b"\xc0" * MANY)),
    "a block of bytes": rlp.encode(b"\0" + block_of(b"\1" * MANY)),
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
    assert time.process_time() - started < 5  # measured: half a second at most
    assert pipeline.chain.hashes == layer.chain.hashes
    assert {one.reason for one in pipeline.dropped} in ({DropReason.MALFORMED_BATCH}, {DropReason.PAST})


@pytest.mark.parametrize("name", [name for name in SMALL_THINGS if name != "blocks of the past"])
def test_what_cannot_be_a_batch_is_refused_at_the_first_item_too_many(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = 0

    def counted(data: bytes) -> rlp.Decoded:
        nonlocal items
        found = rlp.decode(data)
        items += 1 + (len(found) if isinstance(found, list) else 0)
        return found

    monkeypatch.setattr(cursor, "rlp", SimpleNamespace(**{**vars(rlp), "decode": counted}))
    after(SMALL_THINGS[name])
    assert 0 < items < MOST_TRANSACTIONS + 500  # a million otherwise


@pytest.mark.parametrize("name", [name for name in SMALL_THINGS if name != "blocks of the past"])
def test_what_cannot_be_a_batch_is_not_counted_out_first(name: str) -> None:
    tracemalloc.start()
    try:
        after(SMALL_THINGS[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MANY  # some copies of the bytes; a million lists would be seventy
