"""A block as it stands on L1: all that both players, and L1 itself, need to say what its items are.

Its transactions are in their network encoding, signed; what it credits, L1 compares with the deposits that were made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from itertools import islice
from typing import Any

from toyevm import rlp
from toyevm.blocks import Block, Header, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256
from toyevm.errors import DecodingError
from toyevm.rollups.one_step.context import Context, context_of
from toyevm.rollups.one_step.items import items_of
from toyevm.transactions import decode_transaction, encode_transaction
from toyevm.types import ZERO_HASH, Hash32

NUMBERS = frozenset(
    "difficulty number gas_limit gas_used timestamp base_fee_per_gas blob_gas_used excess_blob_gas".split()
)
SIZES = {"coinbase": 20, "logs_bloom": 256, "nonce": 8, "extra_data": None}  # in bytes; all others are hashes
MOST_BLOB_EXCESS = 2**29  # their price is an exponential of it; by more, under Cancun, it would soon be no word


def encode_block_input(block: Block) -> bytes:
    """Return the block as it is posted."""
    ancestors: list[rlp.Item] = [[number, hash_] for number, hash_ in sorted(block.ancestor_hashes.items())]
    return rlp.encode(
        [
            _header_fields(block.header),
            [encode_transaction(tx) for tx in block.transactions],
            [withdrawal.as_rlp() for withdrawal in block.withdrawals],
            [_header_fields(ommer) for ommer in block.ommers],
            ancestors,
        ]
    )


def _header_fields(header: Header) -> list[rlp.Item]:
    values = (getattr(header, field.name) for field in fields(Header))
    return [[] if value is None else value for value in values]


def decode_block_input(data: bytes) -> Block:
    """Return the block that was posted.

    Raises:
        DecodingError: the bytes are no block.
    """
    header, raws, withdrawals, ommers, ancestors = _list(rlp.decode(data), 5)
    return Block(
        _header(header),
        tuple(decode_transaction(_bytes(raw)) for raw in _list(raws)),
        tuple(_withdrawal(each) for each in _list(withdrawals)),
        tuple(_header(each) for each in _list(ommers)),
        dict(_ancestor(each) for each in _list(ancestors)),
    )


def _header(item: rlp.Decoded) -> Header:
    names = [field.name for field in fields(Header)]
    values: dict[str, Any] = {}
    for name, value in zip(names, _list(item, len(names)), strict=True):
        if value == []:
            values[name] = None
        else:
            values[name] = rlp.decode_int(_bytes(value)) if name in NUMBERS else _sized(value, SIZES.get(name, 32))
    if any(values[field.name] is None for field in fields(Header) if field.default is not None):
        raise DecodingError("a header without a field that all have")
    if (values["excess_blob_gas"] or 0) > MOST_BLOB_EXCESS:
        raise DecodingError("no price for blobs")
    return Header(**values)


def _withdrawal(item: rlp.Decoded) -> Withdrawal:
    index, validator, address, amount = map(_bytes, _list(item, 4))
    return Withdrawal(rlp.decode_int(index), rlp.decode_int(validator), _sized(address, 20), rlp.decode_int(amount))


def _ancestor(item: rlp.Decoded) -> tuple[int, Hash32]:
    number, hash_ = _list(item, 2)
    return rlp.decode_int(_bytes(number)), _sized(hash_, 32)


def _list(item: rlp.Decoded, count: int | None = None) -> list[rlp.Decoded]:
    if not isinstance(item, list) or (count is not None and len(item) != count):
        raise DecodingError(f"not a list of {count or 'items'}")
    return item


def _bytes(item: rlp.Decoded) -> bytes:
    if not isinstance(item, bytes):
        raise DecodingError("a list where a string belongs")
    return item


def _sized(item: rlp.Decoded, size: int | None) -> bytes:
    """Return a string of so many bytes: no opcode may push what is no word, or the states after it cannot be shown."""
    data = _bytes(item)
    if size is not None and len(data) != size:
        raise DecodingError(f"{len(data)} bytes", expected=f"{size}")
    return data


def item_count(chain: ChainConfig, block: Block) -> int:
    """Return how many items a block has."""
    return sum(1 for _ in items_of(chain.env(block), block))


def item_context(chain: ChainConfig, block: Block, index: int) -> Context:
    """Return what a verifier knows of an item; IndexError if there is none."""
    env = chain.env(block)
    found = list(islice(items_of(env, block), index, index + 1))
    return context_of(env, found[0], index)


def deposit_digest(withdrawals: Iterable[Withdrawal], digest: Hash32 = ZERO_HASH) -> Hash32:
    """Return the digest of deposits after those that it covers already, as the portal keeps it."""
    for one in withdrawals:
        digest = keccak256(encode_arguments(digest, one.address, one.amount))
    return digest


def forced_digest(raws: Iterable[bytes], digest: Hash32 = ZERO_HASH) -> Hash32:
    """Return the digest of forced transactions after those that it covers already."""
    for raw in raws:
        digest = keccak256(encode_arguments(digest, keccak256(raw)))
    return digest
