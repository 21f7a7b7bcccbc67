"""From L2 blocks to submissions, as the batcher does it, and from a channel back to batches.

A channel is, unpacked, a row of RLP strings; each has a version byte in front that says which encoding follows. A
singular batch is one block in one string, every other encoding a whole batch in one.
"""

from __future__ import annotations

from collections.abc import Iterator

from toyevm import rlp
from toyevm.errors import DecodingError, InputError
from toyevm.rollups.compression import Compressor, compress
from toyevm.rollups.encodings.base import BatchEncoding
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.rollups.encodings.signed_rlp import SignedRlp
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.encodings.span import Span
from toyevm.rollups.frames import cut, submission_of
from toyevm.rollups.l2 import L2Chain, RollupConfig
from toyevm.rollups.values import Batch

FRAME_BYTES = 100_000  # of data in one submission: what fits into a transaction, or into a blob


def encodings_of(config: RollupConfig) -> tuple[BatchEncoding, ...]:
    """Return the encodings that can stand in a channel of this layer."""
    return SignedRlp(), Singular(), Span(config.chain.chain_id, config.genesis_timestamp)


def make_batch(chain: L2Chain, first: int, last: int | None = None) -> Batch:
    """Return the inputs of L2 blocks `first` to `last`, by default all from `first` on.

    Raises:
        InputError: there are no such blocks.
    """
    end = chain.head.number if last is None else last
    if first < 0 or end > chain.head.number:
        raise InputError(f"no L2 blocks {first} to {end}", expected=f"0 to {chain.head.number}")
    return tuple(chain.blocks[number].input for number in range(first, end + 1))


def pack(batch: Batch, encoding: BatchEncoding, compressor: Compressor = "zlib") -> bytes:
    """Return the content of a channel with this batch in it, compressed."""
    data = encoding.encode(batch)
    if encoding.version != Singular.version:
        data = rlp.encode(bytes([encoding.version]) + data)
    return compress(data, compressor)


def post(
    batch: Batch, encoding: BatchEncoding, compressor: Compressor = "zlib", frame_bytes: int = FRAME_BYTES
) -> list[bytes]:
    """Return the submissions that put a batch on L1: one channel, one frame in each."""
    return [submission_of([frame]) for frame in cut(pack(batch, encoding, compressor), frame_bytes)]


def read_batches(data: bytes, encodings: tuple[BatchEncoding, ...]) -> Iterator[Batch]:
    """Yield the batches of a channel, unpacked, one by one: those before a malformed one are good.

    Raises:
        DecodingError: at the first that is malformed, or of an unknown version.
    """
    cursor = Cursor(data)
    by_version = {bytes([encoding.version]): encoding for encoding in encodings}
    while cursor.left:
        content = cursor.rlp_string()
        if content[:1] not in by_version:
            raise DecodingError(
                "no version of a batch", expected="one of " + ", ".join(each.hex() for each in by_version)
            )
        encoding = by_version[content[:1]]
        if isinstance(encoding, Singular):
            yield (encoding.decode_block(content),)
        else:
            yield encoding.decode(content[1:])
