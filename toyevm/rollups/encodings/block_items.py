"""One block input as an RLP list: parent hash, epoch number, epoch hash, timestamp, transactions."""

from __future__ import annotations

from toyevm import rlp
from toyevm.errors import DecodingError
from toyevm.rollups.encodings.base import Piece, in_list, in_string, transaction_pieces
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.rollups.values import BlockInput
from toyevm.types import Hash32

MOST_TRANSACTIONS = 20_000  # of a batch: more than there is room for in a channel, at a hundred bytes for the least


def block_item(block: BlockInput) -> list[rlp.Item]:
    """Return the list to encode."""
    return [block.parent_hash, block.epoch_number, block.epoch_hash, block.timestamp, list(block.transactions)]


def read_block(cursor: Cursor, most: int = MOST_TRANSACTIONS) -> BlockInput:
    """Return the block input that the next item stands for.

    Field by field: it may come from anybody, and a list of a million lists is refused at the first of them.

    Raises:
        DecodingError: it is not one, or has more than `most` transactions.
    """
    fields = cursor.rlp_list()
    parent_hash, epoch = _hash(fields), rlp.decode_int(fields.rlp_string(), 8)
    epoch_hash, seconds = _hash(fields), rlp.decode_int(fields.rlp_string(), 8)
    items, transactions = fields.rlp_list(), list[bytes]()
    fields.end()
    while items.left:
        if len(transactions) == most:
            raise DecodingError("too many transactions", expected=f"at most {MOST_TRANSACTIONS:,} in a batch")
        transactions.append(items.rlp_string())
    return BlockInput(parent_hash, epoch, epoch_hash, seconds, tuple(transactions))


def _hash(fields: Cursor) -> Hash32:
    hash_ = fields.rlp_string()
    if len(hash_) != 32:
        raise DecodingError(f"a hash of {len(hash_)} bytes", expected="32")
    return hash_


def block_pieces(block: BlockInput) -> list[Piece]:
    """Return the pieces of `block_item`, encoded."""
    transactions = [piece for raw in block.transactions for piece in in_string(transaction_pieces(raw))]
    return in_list(
        [
            ("parent", rlp.encode(block.parent_hash)),
            ("epoch", rlp.encode(block.epoch_number)),
            ("epoch", rlp.encode(block.epoch_hash)),
            ("timestamp", rlp.encode(block.timestamp)),
            *in_list(transactions),
        ]
    )
