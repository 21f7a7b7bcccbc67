"""What an encoding is, and the two ways to look at its bytes: in a row, and by what they are for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from toyevm import rlp
from toyevm.errors import DecodingError
from toyevm.rollups.values import Batch
from toyevm.transactions import FIELDS, LEGACY

Piece: TypeAlias = tuple[str, bytes]  # the part of the encoding that some bytes belong to, and the bytes

PARTS = {  # of a transaction: a field -> the part it counts for; a field that is not listed is a part of its own
    "chain_id": "chain id",
    "max_priority_fee_per_gas": "fees",
    "max_fee_per_gas": "fees",
    "max_fee_per_blob_gas": "fees",
    "gas_limit": "gas",
    "access_list": "access list",
    "blob_hashes": "blob hashes",
    "y_parity": "signatures",
    "r": "signatures",
    "s": "signatures",
}


class BatchEncoding(Protocol):
    """One way to write a batch of signed transactions; `version` is the byte it is known by in a channel."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    def encode(self, batch: Batch) -> bytes:
        """Return the batch as bytes."""
        ...

    def decode(self, data: bytes) -> Batch:
        """Return the batch that `data` encodes.

        Raises:
            DecodingError: whatever is wrong with `data`; it may come from anybody.
        """
        ...

    def parts(self, batch: Batch) -> dict[str, bytes]:
        """Return the bytes of `encode` by what they are for; no byte is left out, none counts twice."""
        ...


def by_part(pieces: Iterable[Piece]) -> dict[str, bytes]:
    """Gather pieces by their part, in the order in which the parts first occur."""
    gathered: dict[str, bytearray] = {}
    for part, content in pieces:
        gathered.setdefault(part, bytearray()).extend(content)
    return {part: bytes(content) for part, content in gathered.items()}


def in_list(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces of an RLP list of what is in `pieces`."""
    return [("framing", rlp.header(rlp.LIST, _size(pieces))), *pieces]


def in_string(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces of an RLP string with `pieces` as its content."""
    content = b"".join(part for _, part in pieces)
    if len(content) == 1 and content[0] < rlp.STRING:  # such a byte stands for itself
        return pieces
    return [("framing", rlp.header(rlp.STRING, len(content))), *pieces]


def transaction_pieces(raw: bytes) -> list[Piece]:
    """Take the network encoding of a transaction apart; what is none, is one piece, "unreadable"."""
    is_legacy = raw[:1] >= b"\xc0"
    names = FIELDS[LEGACY] if is_legacy else FIELDS.get(raw[0]) if raw[:1] > b"\0" else None
    try:
        items = rlp.decode(raw if is_legacy else raw[1:])
    except DecodingError:
        items = b""
    if names is None or not isinstance(items, list) or len(items) != len(names):
        return [("unreadable", raw)]
    fields = [(PARTS.get(name, name), rlp.encode(item)) for name, item in zip(names, items, strict=True)]
    return in_list(fields) if is_legacy else [("framing", raw[:1]), *in_list(fields)]


def _size(pieces: Iterable[Piece]) -> int:
    return sum(len(content) for _, content in pieces)
