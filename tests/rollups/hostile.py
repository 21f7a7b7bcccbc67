"""Hostile and careless submissions, each with the reason why it must not count, and the layer that they are aimed at.

In every case the sequencer's own batch stands in the next L1 block: whatever came before, L2 must be the sequencer's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.support.layers import Layer, config, encodings, payment
from toyevm import rlp
from toyevm.rollups.batches import make_batch, pack, post
from toyevm.rollups.compression import compress
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.dropped import DropReason
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.frames import ChannelFrame, cut, submission_of
from toyevm.rollups.values import BlockInput
from toyevm.transactions import encode_transaction
from toyevm.workloads.wallets import wallet

Attack = Callable[[Layer, BlockInput], list[bytes]]  # what is posted, given the input that would be right


def changed(**fields: Any) -> Attack:
    """Post the right block with other fields."""
    return lambda layer, block: single(replace(block, **fields))


def moved(**steps: int) -> Attack:
    """Post the right block with some numbers higher or lower."""
    return lambda layer, block: single(
        replace(block, **{name: getattr(block, name) + step for name, step in steps.items()})
    )


def single(*blocks: BlockInput) -> list[bytes]:
    return post(blocks, Singular())


def raw_channel(content: bytes) -> list[bytes]:
    """Post a channel with this content, compressed or not."""
    return [submission_of(cut(content, 10_000))]


def of_version(version: int, content: bytes) -> Attack:
    return lambda layer, block: raw_channel(compress(rlp.encode(bytes([version]) + content)))


def wrong_span(**fields: Any) -> Attack:
    """Post a span of the right block, with other fields."""
    return lambda layer, block: post((replace(block, **fields),), encodings(layer.rules)["span"])


def cut_off(layer: Layer, block: BlockInput) -> list[bytes]:
    return raw_channel(pack((block,), Singular())[:-1])


def bomb(compressor: Any) -> Attack:
    return lambda layer, block: raw_channel(compress(bytes(3_000_000), compressor))


ATTACKS: dict[str, tuple[Attack, DropReason]] = {
    "bytes that are no frame": (lambda layer, block: [b"\0hello"], DropReason.MALFORMED_SUBMISSION),
    "nothing at all": (lambda layer, block: [b""], DropReason.MALFORMED_SUBMISSION),
    "a frame of no channel": (
        lambda layer, block: [submission_of([ChannelFrame(b"x" * 16, 3, b"", True)])],
        DropReason.NOT_OPEN,
    ),
    "a channel that stays open": (
        lambda layer, block: [submission_of([ChannelFrame(b"x" * 16, 0, b"", False)])],
        DropReason.UNFINISHED,
    ),
    "an empty channel": (lambda layer, block: raw_channel(b""), DropReason.NOT_UNPACKED),
    "an unknown compressor": (lambda layer, block: raw_channel(b"\x07abc"), DropReason.NOT_UNPACKED),
    "half a stream": (cut_off, DropReason.NOT_UNPACKED),
    "a zlib bomb": (bomb("zlib"), DropReason.UNPACKS_TOO_LARGE),
    "a brotli bomb": (bomb("brotli"), DropReason.UNPACKS_TOO_LARGE),
    "a batch of an unknown version": (of_version(9, b"abc"), DropReason.MALFORMED_BATCH),
    "a list where a batch should be": (
        lambda layer, block: raw_channel(compress(rlp.encode([b"\0"]))),
        DropReason.MALFORMED_BATCH,
    ),
    "no block in a singular batch": (of_version(0, b"\xc0"), DropReason.MALFORMED_BATCH),
    "no columns in a span": (of_version(1, b""), DropReason.MALFORMED_BATCH),
    "no list in signed RLP": (of_version(2, b"\x80"), DropReason.MALFORMED_BATCH),
    "a block of the past": (moved(timestamp=-12), DropReason.PAST),
    "another parent": (changed(parent_hash=b"\1" * 32), DropReason.WRONG_PARENT),
    "another parent in a span": (wrong_span(parent_hash=b"\1" * 32), DropReason.WRONG_PARENT),
    "an epoch left out": (moved(epoch_number=1), DropReason.EPOCH_OUT_OF_ORDER),
    "an epoch of the past": (moved(epoch_number=-2), DropReason.EPOCH_OUT_OF_ORDER),
    "an epoch with another hash": (changed(epoch_hash=b"\1" * 32), DropReason.WRONG_EPOCH),
    "an epoch with another hash in a span": (wrong_span(epoch_hash=b"\1" * 32), DropReason.WRONG_EPOCH),
    "a timestamp too far ahead": (moved(timestamp=61), DropReason.DRIFTED),
}


BAD_TRANSACTIONS: dict[str, bytes] = {
    "bytes that are no transaction": b"\x02hello",
    "an empty string": b"",
    "a nonce too high": payment("Ann", "Bob", 1, nonce=7),
    "another chain's transaction": payment("Ann", "Bob", 1, nonce=0, chain_id=1),
    "more than there is": payment("Ann", "Bob", 10**30, nonce=0),
    "a payer without savings": payment("Eve", "Bob", 0, nonce=0),
    "a blob": encode_transaction(
        wallet("Ann").sign(type=3, chain_id=42, to=bytes(20), blob_hashes=(b"\1" * 32,), max_fee_per_gas=10**12)
    ),
    "more gas than a block has": encode_transaction(
        wallet("Ann").sign(chain_id=42, to=bytes(20), gas_limit=2**24 + 1, max_fee_per_gas=10**12)
    ),
}


def attacked(attack: Attack, beside: str = "span") -> tuple[Layer, Pipeline]:
    """Return a layer after an attack, and a node that has followed all of it.

    The first epoch has a block on L1 already. Then comes what the attack posts, then the sequencer's batch.
    """
    layer = Layer(rules=config(limits=replace(config().limits, unpacked_bytes=2_000_000)))
    layer.l1.mine()
    first, last = layer.sequence()
    layer.l1.mine(layer.submissions(first, last))
    layer.sequence()
    right = make_batch(layer.chain, last + 1)[0]
    layer.l1.mine(attack(layer, right))
    layer.l1.mine(layer.submissions(last + 1, encoding=beside))
    return layer, followed(layer)


def followed(layer: Layer) -> Pipeline:
    """Return a node that has read all of L1."""
    pipeline = Pipeline(layer.rules)
    for block in layer.l1.blocks:
        pipeline.advance(block)
    return pipeline
