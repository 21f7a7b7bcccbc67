"""Singular batches: every block is an RLP string of its own, with a version byte in front (OP Stack, derivation)."""

from __future__ import annotations

from dataclasses import dataclass

from toyevm import rlp
from toyevm.errors import DecodingError
from toyevm.rollups.encodings.base import Piece, by_part, in_string
from toyevm.rollups.encodings.block_items import block_item, block_pieces, read_block
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.rollups.values import Batch, BlockInput


@dataclass(frozen=True)
class Singular:
    """Blocks one by one: who reads them can use the first before the second has arrived."""

    name: str = "singular"
    version: int = 0

    def encode(self, batch: Batch) -> bytes:
        """Return the blocks, one string after the other."""
        return b"".join(rlp.encode(self.encode_block(block)) for block in batch)

    def encode_block(self, block: BlockInput) -> bytes:
        """Return the content of one string: version and list."""
        return bytes([self.version]) + rlp.encode(block_item(block))

    def decode(self, data: bytes) -> Batch:
        """Return the batch that `data` encodes, or raise DecodingError."""
        cursor, blocks = Cursor(data), []
        while cursor.left:
            blocks.append(self.decode_block(cursor.rlp_string()))
        return tuple(blocks)

    def decode_block(self, content: bytes) -> BlockInput:
        """Return the block in the content of one string, or raise DecodingError."""
        if content[:1] != bytes([self.version]):
            raise DecodingError(f"version {content[:1].hex() or 'missing'}", expected=f"{self.version:02x}")
        cursor = Cursor(content[1:])
        block = read_block(cursor)
        cursor.end()
        return block

    def parts(self, batch: Batch) -> dict[str, bytes]:
        """Return the bytes of `encode` by what they are for."""
        pieces: list[Piece] = []
        for block in batch:
            pieces += in_string([("framing", bytes([self.version])), *block_pieces(block)])
        return by_part(pieces)
