"""The transactions of a span batch: one column a field, for the types that a layer knows (OP Stack, span batches).

What `v` says in a legacy transaction is taken apart: parity, and whether it is bound to a chain ("protected").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from toyevm import rlp
from toyevm.errors import DecodingError, InputError
from toyevm.rollups.encodings.base import PARTS, Piece
from toyevm.rollups.encodings.cursor import Cursor, bitlist, uvarint
from toyevm.transactions import BLOB, FIELDS, LEGACY, decode_transaction

COLUMNS = ("chain_id", "nonce", "gas_limit", "to", "y_parity", "r", "s")  # not in the RLP of the rest
SIGNATURE = 64  # bytes, r and s
REST = {  # type -> the fields that stay together, value first
    kind: ["value", *(name for name in names if name not in (*COLUMNS, "value"))]
    for kind, names in FIELDS.items()
    if kind != BLOB  # a layer has no blobs of its own
}


class _Fields(NamedTuple):
    """A transaction before it is put into columns; `items` are its fields as RLP has them."""

    kind: int
    is_protected: bool
    y_parity: int
    nonce: int
    gas_limit: int
    items: Mapping[str, Any]


def transaction_columns(raws: Sequence[bytes], chain_id: int) -> list[Piece]:
    """Return the columns of these transactions.

    Raises:
        InputError: one is no transaction, or not of this chain, or of a type that a layer does not have.
    """
    all_fields = [_fields(raw, chain_id) for raw in raws]
    pieces = [
        ("to", bitlist([fields.items["to"] == b"" for fields in all_fields])),
        ("signatures", bitlist([fields.y_parity for fields in all_fields])),
        ("signatures", b"".join(fields.items[name].rjust(32, b"\0") for fields in all_fields for name in ("r", "s"))),
        ("to", b"".join(fields.items["to"] for fields in all_fields)),
    ]
    for fields in all_fields:
        pieces += _rest_pieces(fields)
    return [
        *pieces,
        ("nonce", b"".join(uvarint(fields.nonce) for fields in all_fields)),
        ("gas", b"".join(uvarint(fields.gas_limit) for fields in all_fields)),
        ("chain id", bitlist([fields.is_protected for fields in all_fields if fields.kind == LEGACY])),
    ]


def decode_transactions(cursor: Cursor, count: int, chain_id: int) -> list[bytes]:
    """Read the columns of `count` transactions and return each in its network encoding, or raise DecodingError."""
    if count * SIGNATURE > cursor.left:  # or a few bits would make lists of millions
        raise DecodingError(f"{cursor.left} bytes left", expected=f"the signatures of {count} transactions")
    creates, parities = cursor.bits(count), cursor.bits(count)
    signatures = [(cursor.integer(32), cursor.integer(32)) for _ in range(count)]
    receivers = [b"" if is_create else cursor.take(20) for is_create in creates]
    rests = [_rest(cursor) for _ in range(count)]
    nonces = [cursor.uvarint() for _ in range(count)]
    gas_limits = [cursor.uvarint() for _ in range(count)]
    protected = iter(cursor.bits(sum(kind == LEGACY for kind, _ in rests)))
    raws = []
    for number, (kind, rest) in enumerate(rests):
        v = int(parities[number])
        if kind == LEGACY:
            v += 35 + 2 * chain_id if next(protected) else 27
        r, s = signatures[number]
        columns = (chain_id, nonces[number], gas_limits[number], receivers[number], v, r, s)
        items: dict[str, rlp.Item] = {**dict(zip(COLUMNS, columns, strict=True)), **rest}
        body = rlp.encode([items[name] for name in FIELDS[kind]])
        raws.append(body if kind == LEGACY else bytes([kind]) + body)
    return raws


def _fields(raw: bytes, chain_id: int) -> _Fields:
    tx = decode_transaction(raw)
    if tx.type not in REST:
        raise InputError(f"a transaction of type {tx.type}", expected=f"one of {', '.join(map(str, REST))}")
    if tx.chain_id not in (chain_id, None):
        raise InputError(f"a transaction for chain {tx.chain_id}", expected=f"{chain_id}")
    if tx.y_parity > 1:
        raise InputError(f"y_parity is {tx.y_parity}", expected="0 or 1")
    decoded = rlp.decode(raw if tx.type == LEGACY else raw[1:])
    items = dict(zip(FIELDS[tx.type], decoded, strict=True))
    return _Fields(tx.type, tx.chain_id is not None, tx.y_parity, tx.nonce, tx.gas_limit, items)


def _rest_pieces(fields: _Fields) -> list[Piece]:
    pieces = [(PARTS.get(name, name), rlp.encode(fields.items[name])) for name in REST[fields.kind]]
    head = rlp.header(rlp.LIST, sum(len(content) for _, content in pieces))
    return [("framing", (bytes([fields.kind]) if fields.kind else b"") + head), *pieces]


def _rest(cursor: Cursor) -> tuple[int, dict[str, rlp.Decoded]]:
    """Return the type of the next transaction, and the fields that stand together."""
    kind = LEGACY
    if cursor.left and cursor.data[cursor.position] < rlp.STRING:
        kind = cursor.integer(1)
        if kind == LEGACY or kind not in REST:
            raise DecodingError(f"a transaction of type {kind}", expected=f"one of {', '.join(map(str, REST))}")
    items = cursor.rlp_item()
    if not isinstance(items, list) or len(items) != len(REST[kind]):
        raise DecodingError(f"not the rest of a type-{kind} transaction", expected=f"a list of {len(REST[kind])}")
    return kind, dict(zip(REST[kind], items, strict=True))
