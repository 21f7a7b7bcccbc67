"""One block input as an RLP list: parent hash, epoch number, epoch hash, timestamp, transactions."""

from __future__ import annotations

from typing import Any

from toyevm import rlp
from toyevm.errors import DecodingError
from toyevm.rollups.encodings.base import Piece, in_list, in_string, transaction_pieces
from toyevm.rollups.values import BlockInput


def block_item(block: BlockInput) -> list[rlp.Item]:
    """Return the list to encode."""
    return [block.parent_hash, block.epoch_number, block.epoch_hash, block.timestamp, list(block.transactions)]


def block_of_item(item: Any) -> BlockInput:
    """Return the block input that a decoded list stands for.

    Raises:
        DecodingError: it is not one.
    """
    if not isinstance(item, list) or len(item) != 5:
        raise DecodingError("not the fields of a block", expected="a list of 5")
    parent_hash, epoch_number, epoch_hash, timestamp, transactions = item
    for hash_ in (parent_hash, epoch_hash):
        if not isinstance(hash_, bytes) or len(hash_) != 32:
            raise DecodingError("a hash of the wrong shape", expected="32 bytes")
    if not isinstance(transactions, list) or not all(isinstance(raw, bytes) for raw in transactions):
        raise DecodingError("transactions of the wrong shape", expected="a list of strings")
    epoch, seconds = rlp.decode_int(epoch_number, 8), rlp.decode_int(timestamp, 8)
    return BlockInput(parent_hash, epoch, epoch_hash, seconds, tuple(transactions))


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
