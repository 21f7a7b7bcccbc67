"""Signed RLP, the obvious encoding: one RLP list of all blocks, each with all it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from toyevm import rlp
from toyevm.rollups.encodings.base import by_part, in_list
from toyevm.rollups.encodings.block_items import MOST_TRANSACTIONS, block_item, block_pieces, read_block
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.rollups.values import Batch, BlockInput


@dataclass(frozen=True)
class SignedRlp:
    """Blocks as a list of lists."""

    name: str = "signed RLP"
    version: int = 2

    def encode(self, batch: Batch) -> bytes:
        """Return the batch as one RLP list."""
        return rlp.encode([block_item(block) for block in batch])

    def decode(self, data: bytes) -> Batch:
        """Return the batch that `data` encodes, or raise DecodingError."""
        cursor, blocks, room = Cursor(data), list[BlockInput](), MOST_TRANSACTIONS
        items = cursor.rlp_list()
        cursor.end()
        while items.left:
            blocks.append(read_block(items, room))
            room -= len(blocks[-1].transactions)
        return tuple(blocks)

    def parts(self, batch: Batch) -> dict[str, bytes]:
        """Return the bytes of `encode` by what they are for."""
        return by_part(in_list([piece for block in batch for piece in block_pieces(block)]))
