"""A span batch: many consecutive blocks as columns, without what the layer knows anyway (after the OP Stack's).

What goes without saying: the chain id; the parent of every block but the first, which is the one before; the hash of
every epoch but the last, since the last commits to those before it. Of the two hashes that are left, 20 bytes are
enough to notice a mistake. What is alike stands together, so that compression finds it: first the blocks,

    first timestamp, last epoch, parent check, epoch check, count, new-epoch bits, seconds between blocks, tx counts

then the transactions of all blocks, one column a field:

    creation bits, parities, signatures (r, s), receivers, the rest as RLP, nonces, gas limits, protection bits

The OP Stack's blocks come every two seconds, so it has no seconds between blocks; the transactions are as it has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.encodings.base import Piece, by_part
from toyevm.rollups.encodings.cursor import Cursor, bitlist, uvarint
from toyevm.rollups.encodings.span_transactions import decode_transactions, transaction_columns
from toyevm.rollups.values import Batch, BlockInput
from toyevm.types import Hash32

CHECK = 20  # bytes of a hash
MAX_BLOCKS = 100_000  # each takes two bytes at least; a bound of its own keeps the arithmetic small


@dataclass(frozen=True)
class Span:
    """Columns. A batch that is decoded has, of its hashes, only what `encode` wrote: see `as_written`."""

    chain_id: int
    genesis_timestamp: int = 0
    name: str = "span"
    version: int = 1

    def encode(self, batch: Batch) -> bytes:
        """Return the batch as columns.

        Raises:
            InputError: there are no blocks, or they are not consecutive; or one holds something else than transactions
                of this chain.
        """
        return b"".join(content for _, content in self._pieces(batch))

    def decode(self, data: bytes) -> Batch:
        """Return the batch that `data` encodes, or raise DecodingError; the hashes are as in `as_written`."""
        cursor = Cursor(data)
        first_timestamp = self.genesis_timestamp + cursor.uvarint()
        last_epoch, parent_check, epoch_check = cursor.uvarint(), cursor.take(CHECK), cursor.take(CHECK)
        count = cursor.uvarint()
        if not 0 < count <= MAX_BLOCKS:
            raise DecodingError(f"{count} blocks", expected=f"1 to {MAX_BLOCKS:,}")
        epochs = _epochs(last_epoch, cursor.bits(count - 1))
        timestamps = list(accumulate((cursor.uvarint(32) for _ in range(count - 1)), initial=first_timestamp))
        counts = [cursor.uvarint(32) for _ in range(count)]
        transactions = decode_transactions(cursor, sum(counts), self.chain_id)
        cursor.end()
        ends = list(accumulate(counts))
        return tuple(
            BlockInput(
                b"" if number else parent_check,
                epochs[number],
                epoch_check if number == count - 1 else b"",
                timestamps[number],
                tuple(transactions[ends[number] - counts[number] : ends[number]]),
            )
            for number in range(count)
        )

    def parts(self, batch: Batch) -> dict[str, bytes]:
        """Return the bytes of `encode` by what they are for."""
        return by_part(self._pieces(batch))

    def _pieces(self, batch: Batch) -> list[Piece]:
        new_epoch = _new_epoch_bits(batch)
        raws = [raw for block in batch for raw in block.transactions]
        if batch[0].timestamp < self.genesis_timestamp:
            raise InputError("a block before the layer began", expected=f"a timestamp from {self.genesis_timestamp} on")
        return [
            ("timestamp", uvarint(batch[0].timestamp - self.genesis_timestamp)),
            ("epoch", uvarint(batch[-1].epoch_number)),
            ("parent", _check(batch[0].parent_hash)),
            ("epoch", _check(batch[-1].epoch_hash)),
            ("framing", uvarint(len(batch))),
            ("epoch", bitlist(new_epoch)),
            ("timestamp", b"".join(uvarint(late.timestamp - early.timestamp) for early, late in pairwise(batch))),
            ("framing", b"".join(uvarint(len(block.transactions)) for block in batch)),
            *transaction_columns(raws, self.chain_id),
        ]


def as_written(batch: Batch) -> Batch:
    """Return the batch with as much of its hashes as a span keeps: 20 bytes of the first parent and the last epoch."""
    last = len(batch) - 1
    return tuple(
        BlockInput(
            b"" if number else block.parent_hash[:CHECK],
            block.epoch_number,
            block.epoch_hash[:CHECK] if number == last else b"",
            block.timestamp,
            block.transactions,
        )
        for number, block in enumerate(batch)
    )


def _check(hash_: Hash32) -> bytes:
    if len(hash_) < CHECK:
        raise InputError(f"a hash of {len(hash_)} bytes", expected=f"at least {CHECK}")
    return hash_[:CHECK]


def _new_epoch_bits(batch: Sequence[BlockInput]) -> list[bool]:
    """Tell of each block but the first whether an epoch begins with it."""
    if not 0 < len(batch) <= MAX_BLOCKS:
        raise InputError(f"{len(batch) or 'no'} blocks", expected=f"1 to {MAX_BLOCKS:,}")
    for early, late in pairwise(batch):
        if late.epoch_number - early.epoch_number not in (0, 1) or not 0 <= late.timestamp - early.timestamp < 2**32:
            raise InputError("blocks that are not consecutive", expected="no epoch left out, and times in order")
    return [late.epoch_number > early.epoch_number for early, late in pairwise(batch)]


def _epochs(last: int, new_epoch: Sequence[bool]) -> list[int]:
    first = last - sum(new_epoch)
    if first < 0:
        raise DecodingError("an epoch before 0")
    return list(accumulate(new_epoch, initial=first))
