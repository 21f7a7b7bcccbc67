"""Transactions of all five types: their fields, encoding, signature and sender.

A legacy transaction is a bare RLP list. Since EIP-2718 every other kind is one type byte followed by an RLP list. The
kinds differ only in which fields the list has, and in which order, so here a kind *is* that list of names (`FIELDS`);
one pair of functions encodes and decodes them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property, partial
from typing import Any

from toyevm import crypto, rlp
from toyevm.errors import DecodingError, InvalidSignature
from toyevm.types import Address, Hash32

LEGACY, ACCESS_LIST, FEE_MARKET, BLOB, SET_CODE = range(5)
AccessList = tuple[tuple[Address, tuple[int, ...]], ...]

_DYNAMIC_FEE = "chain_id nonce max_priority_fee_per_gas max_fee_per_gas gas_limit to value data access_list"
FIELDS = {
    LEGACY: "nonce max_fee_per_gas gas_limit to value data y_parity r s".split(),
    ACCESS_LIST: "chain_id nonce max_fee_per_gas gas_limit to value data access_list y_parity r s".split(),
    FEE_MARKET: f"{_DYNAMIC_FEE} y_parity r s".split(),
    BLOB: f"{_DYNAMIC_FEE} max_fee_per_blob_gas blob_hashes y_parity r s".split(),
    SET_CODE: f"{_DYNAMIC_FEE} authorizations y_parity r s".split(),
}


@dataclass(frozen=True)
class Authorization:
    """An account's signed permission to run the code of `address` as its own (EIP-7702)."""

    chain_id: int
    address: Address
    nonce: int
    y_parity: int
    r: int
    s: int

    @cached_property
    def authority(self) -> Address:
        """Recover the account that signed, or raise InvalidSignature when no account fits."""
        message = b"\x05" + rlp.encode([self.chain_id, self.address, self.nonce])
        return _signer(crypto.keccak256(message), self.y_parity, self.r, self.s)


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """A transaction of any type; fields that its type lacks keep their defaults.

    `max_fee_per_gas` is the gas price where the type knows only one price; `to` is None for a contract creation;
    `chain_id` is None for a legacy transaction signed for every chain. Amounts are in wei.
    """

    type: int = LEGACY
    chain_id: int | None = None
    nonce: int = 0
    max_fee_per_gas: int = 0
    max_priority_fee_per_gas: int = 0
    gas_limit: int = 21_000
    to: Address | None = None
    value: int = 0
    data: bytes = b""
    access_list: AccessList = ()
    max_fee_per_blob_gas: int = 0
    blob_hashes: tuple[Hash32, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    y_parity: int = 0
    r: int = 0
    s: int = 0

    @cached_property
    def sender(self) -> Address:
        """Recover the account that signed, or raise InvalidSignature: the dearest part of a transfer, done once."""
        return _signer(self.signing_hash, self.y_parity, self.r, self.s)

    @cached_property
    def hash(self) -> Hash32:
        return crypto.keccak256(encode_transaction(self))

    @property
    def signing_hash(self) -> Hash32:
        """Hash what the sender signs: every field but the signature (EIP-155 adds the chain id to legacy ones)."""
        unsigned = [_to_rlp(self, name) for name in FIELDS[self.type][:-3]]
        if self.type == LEGACY and self.chain_id is not None:
            unsigned += [self.chain_id, 0, 0]
        return crypto.keccak256(_envelope(self.type, unsigned))

    @property
    def priority_fee_cap(self) -> int:
        """The most that goes to the block's producer for each unit of gas."""
        return self.max_priority_fee_per_gas if self.type >= FEE_MARKET else self.max_fee_per_gas


def sign_transaction(tx: Transaction, private_key: bytes) -> Transaction:
    """Return the same transaction with a signature by `private_key` (32 bytes); its sender is known from the start."""
    y_parity, r, s = crypto.sign(tx.signing_hash, private_key)
    signed = replace(tx, y_parity=y_parity, r=r, s=s)
    vars(signed)["sender"] = crypto.address_of(private_key)  # as if it had been recovered; a changed copy forgets it
    return signed


def encode_transaction(tx: Transaction) -> bytes:
    """Return the bytes that travel in a block and that `tx.hash` is the hash of."""
    return _envelope(tx.type, [_to_rlp(tx, name) for name in FIELDS[tx.type]])


def decode_transaction(data: bytes) -> Transaction:
    """Read the bytes of a transaction of any type; raise DecodingError for anything but a canonical encoding."""
    if not data:
        raise DecodingError("empty transaction", expected="at least one byte")
    type_, body = (LEGACY, data) if data[0] >= 0xC0 else (data[0], data[1:])
    if type_ not in FIELDS or (type_ == LEGACY and data[0] < 0xC0):
        raise DecodingError(f"unknown transaction type {data[0]:#04x}", expected="a list, or a type from 1 to 4")
    items, names = rlp.decode(body), FIELDS[type_]
    if not isinstance(items, list) or len(items) != len(names):
        raise DecodingError(f"not the fields of a type-{type_} transaction", expected=f"a list of {len(names)}")
    values = {name: _DECODERS.get(name, rlp.decode_int)(item) for name, item in zip(names, items, strict=True)}
    if type_ == LEGACY:
        values["chain_id"], values["y_parity"] = split_v(values["y_parity"])
    return Transaction(type=type_, **values)


def _signer(message_hash: Hash32, y_parity: int, r: int, s: int) -> Address:
    if s > crypto.SECP256K1_ORDER // 2:  # EIP-2: with -s the same signature, so that nobody can make a second hash
        raise InvalidSignature("s is in the upper half", expected="at most half the order of the curve")
    return crypto.recover_address(message_hash, y_parity, r, s)


def _envelope(type_: int, fields: Sequence[Any]) -> bytes:
    body = rlp.encode(fields)
    return body if type_ == LEGACY else bytes([type_]) + body


def _to_rlp(tx: Transaction, name: str) -> Any:
    value = getattr(tx, name)
    match name:
        case "to":
            return value or b""
        case "y_parity" if tx.type == LEGACY:
            return value + (27 if tx.chain_id is None else 35 + 2 * tx.chain_id)
        case "access_list":
            return [[address, [slot.to_bytes(32, "big") for slot in slots]] for address, slots in value]
        case "authorizations":
            return [astuple(authorization) for authorization in value]
    return value


def split_v(v: int) -> tuple[int | None, int]:
    """Take a legacy `v` apart into chain id and parity (EIP-155)."""
    if v in (27, 28):
        return None, v - 27
    if v < 35:
        raise DecodingError(f"signature v is {v}", expected="27, 28 or at least 35")
    return (v - 35) // 2, (v - 35) % 2


def _shaped(kind: type[bytes | list[Any]], item: Any, size: int | None = None) -> Any:
    if not isinstance(item, kind) or size not in (None, len(item)):
        of_size = f" of length {size}" if size else ""
        raise DecodingError("a field has the wrong shape", expected=f"{kind.__name__}{of_size}")
    return item


_bytes, _list = partial(_shaped, bytes), partial(_shaped, list)


def _access_list(item: Any) -> AccessList:
    pairs = [_list(pair, 2) for pair in _list(item)]
    return tuple(
        (_bytes(address, 20), tuple(int.from_bytes(_bytes(slot, 32), "big") for slot in _list(slots)))
        for address, slots in pairs
    )


def _authorization(item: Any) -> Authorization:
    number = rlp.decode_int
    chain_id, address, nonce, y_parity, *r_and_s = _list(item, 6)
    return Authorization(
        number(chain_id), _bytes(address, 20), number(nonce, 8), number(y_parity, 1), *map(number, r_and_s)
    )


_DECODERS: dict[str, Callable[[Any], Any]] = {  # a field that is not listed is an integer
    "nonce": lambda item: rlp.decode_int(item, 8),
    "gas_limit": lambda item: rlp.decode_int(item, 8),
    "to": lambda item: None if item == b"" else _bytes(item, 20),
    "data": _bytes,
    "access_list": _access_list,
    "blob_hashes": lambda item: tuple(_bytes(hash_, 32) for hash_ in _list(item)),
    "authorizations": lambda item: tuple(_authorization(entry) for entry in _list(item)),
}
