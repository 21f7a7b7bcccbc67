"""The one encoding of a block access list, and its hash. What is decoded comes from a stranger.

    [[address, [[slot, [[index, value], ...]], ...], [slot, ...], [[index, balance], ...], [[index, nonce], ...],
      [[index, code], ...]], ...]

Slots, values and balances have up to 32 bytes, nonces 8, indices 4 (2 until April 2026), without leading zeros. All
is in ascending order and nothing comes twice; a slot is read or written, and not both. Whoever accepts a second
encoding of the same list disagrees with the rest of the network about a hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from toyevm import rlp
from toyevm.access_lists.lies import Lie, LieKind
from toyevm.access_lists.values import AccountChanges, BlockAccessList, Change, Changes
from toyevm.crypto import keccak256
from toyevm.errors import DecodingError
from toyevm.types import Hash32, Value

INDEX_BYTES, NONCE_BYTES, WORD_BYTES, ADDRESS_BYTES = 4, 8, 32, 20


class MalformedAccessList(DecodingError):
    """Bytes that are no block access list; `lie` says of which kind the fault is."""

    def __init__(self, kind: LieKind, where: str, what: str = "", expected: str = "") -> None:
        self.lie = Lie(kind, where)
        super().__init__(what or str(kind), f"block access list, {where}", expected)


def encode(accesses: BlockAccessList) -> bytes:
    """Return the list as it travels beside the block.

    >>> encode((AccountChanges(bytes(20)),)).hex()
    'dbda940000000000000000000000000000000000000000c0c0c0c0c0'
    """
    return rlp.encode([_items(each) for each in accesses])


def hash_of(accesses: BlockAccessList) -> Hash32:
    """Return what the header holds of a list."""
    return keccak256(encode(accesses))


def decode(data: bytes, transactions: int | None = None) -> BlockAccessList:
    """Return the list that these bytes encode.

    Args:
        transactions: how many are in the block; without it, an index may be as high as there is room for.

    Raises:
        MalformedAccessList: the bytes are not the one encoding of any list for such a block.
    """
    if not isinstance(data, bytes):
        raise MalformedAccessList(LieKind.MALFORMED, "encoding", type(data).__name__, "bytes")
    try:
        items = rlp.decode(data)
    except DecodingError as error:
        raise MalformedAccessList(LieKind.MALFORMED, "encoding", error.what, error.expected) from error
    last = 2 ** (8 * INDEX_BYTES) - 1 if transactions is None else transactions + 1
    accounts = tuple(_account(item, number, last) for number, item in enumerate(_list(items, "list")))
    _check_order([each.address for each in accounts], "accounts")
    return accounts


def _items(account: AccountChanges) -> rlp.Item:
    slots: list[rlp.Item] = [[slot, changes] for slot, changes in account.storage_changes]
    rest = (account.storage_reads, account.balance_changes, account.nonce_changes, account.code_changes)
    return [account.address, slots, *rest]


def _account(item: rlp.Decoded, number: int, last: int) -> AccountChanges:
    where = f"account {number}"
    address, slots, reads, balances, nonces, codes = _list(item, where, 6)
    if not isinstance(address, bytes) or len(address) != ADDRESS_BYTES:
        raise MalformedAccessList(LieKind.MALFORMED, where, "no address", f"{ADDRESS_BYTES} bytes")
    where = f"0x{address.hex()}"
    storage_changes = tuple(_slot(each, where, last) for each in _list(slots, f"{where} storage changes"))
    written = [slot for slot, _ in storage_changes]
    read = tuple(_integer(each, f"{where} storage reads") for each in _list(reads, f"{where} storage reads"))
    _check_order(written, f"{where} storage changes")
    _check_order(read, f"{where} storage reads")
    if both := set(written) & set(read):
        raise MalformedAccessList(LieKind.READ_AND_WRITTEN, f"{where} slot {min(both)}")
    return AccountChanges(
        address,
        storage_changes,
        read,
        _changes(balances, f"{where} balance changes", last, _integer),
        _changes(nonces, f"{where} nonce changes", last, partial(_integer, size=NONCE_BYTES)),
        _changes(codes, f"{where} code changes", last, _string),
    )


def _slot(item: rlp.Decoded, where: str, last: int) -> tuple[int, Changes]:
    key, changes = _list(item, f"{where} storage changes", 2)
    slot = _integer(key, f"{where} storage changes")
    where = f"{where} slot {slot}"
    found = _changes(changes, where, last, _integer)
    if not found:
        raise MalformedAccessList(LieKind.EMPTY_CHANGES, where)
    return slot, found


def _changes(
    item: rlp.Decoded, where: str, last: int, value_of: Callable[[rlp.Decoded, str], Value]
) -> tuple[Change, ...]:
    pairs = [_list(each, where, 2) for each in _list(item, where)]
    changes = tuple(Change(_integer(index, where, INDEX_BYTES), value_of(value, where)) for index, value in pairs)
    _check_order([each.at for each in changes], where)
    if changes and changes[-1].at > last:
        raise MalformedAccessList(LieKind.INDEX_OUT_OF_RANGE, where, f"index {changes[-1].at}", f"at most {last}")
    return changes


def _list(item: rlp.Decoded, where: str, length: int | None = None) -> list[rlp.Decoded]:
    if not isinstance(item, list) or length not in (None, len(item)):
        expected = "a list" if length is None else f"a list of {length} items"
        found = f"{len(item)} items" if isinstance(item, list) else "a string"
        raise MalformedAccessList(LieKind.MALFORMED, where, found, expected)
    return item


def _integer(item: rlp.Decoded, where: str, size: int = WORD_BYTES) -> int:
    try:
        return rlp.decode_int(item, size)
    except DecodingError as error:
        raise MalformedAccessList(LieKind.MALFORMED, where, error.what, error.expected) from error


def _string(item: rlp.Decoded, where: str) -> bytes:
    if not isinstance(item, bytes):
        raise MalformedAccessList(LieKind.MALFORMED, where, "a list", "code")
    return item


def _check_order(keys: Sequence[Any] | Iterable[Any], where: str) -> None:
    for before, after in pairwise(keys):
        if before == after:
            raise MalformedAccessList(LieKind.DUPLICATE, where)
        if before > after:
            raise MalformedAccessList(LieKind.UNSORTED, where)
