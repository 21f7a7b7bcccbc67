"""Signed RLP, the obvious encoding: one RLP list of all blocks, each with all it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from toyevm import rlp
from toyevm.errors import DecodingError
from toyevm.rollups.encodings.base import by_part, in_list
from toyevm.rollups.encodings.block_items import block_item, block_of_item, block_pieces
from toyevm.rollups.values import Batch


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
        items = rlp.decode(data)
        if not isinstance(items, list):
            raise DecodingError("a string", expected="a list of blocks")
        return tuple(block_of_item(item) for item in items)

    def parts(self, batch: Batch) -> dict[str, bytes]:
        """Return the bytes of `encode` by what they are for."""
        return by_part(in_list([piece for block in batch for piece in block_pieces(block)]))
