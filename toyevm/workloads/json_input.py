"""Readers of the JSON that Ethereum's tools speak: hex numbers, bytes, genesis allocs.

Every reader takes the name of the place it reads from, so that a mistake can be reported by one line that says where.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toyevm.chain import blob_base_fee
from toyevm.errors import InputError
from toyevm.forks import BlobSchedule
from toyevm.state import Account, WorldState, world_from_alloc
from toyevm.types import WORD_MASK, Address

MAX_JSON = 1 << 27  # bytes: real blocks have some 10^7; a device has no end, and a small .xz may hold gigabytes


def read_json(path: Path, most: int = MAX_JSON) -> Any:
    """Read a `.json` or `.json.xz` file, of at most so many bytes when it is unpacked.

    Raises:
        InputError: when the file cannot be read, is too long or is not JSON.
    """
    try:
        with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise InputError("too long", where=str(path), expected=f"at most {most:,} bytes of JSON")
        return json.loads(data)
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=str(path), expected="a readable file") from error
    except (ValueError, EOFError, lzma.LZMAError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", where=str(path), expected="a .json or .json.xz file") from error


def parse_bytes(text: Any, where: str, size: int | None = None) -> bytes:
    """Read hex, with or without 0x; like the readers of public fixtures, with spaces around it, or 0X.

    >>> parse_bytes("0x00ff", "--code"), parse_bytes(" 0X00ff", "--code")
    (b'\\x00\\xff', b'\\x00\\xff')
    """
    expected = f"{size} bytes in hex" if size else "an even number of hex digits"
    try:
        data = bytes.fromhex(text.strip().lower().removeprefix("0x"))
    except (ValueError, AttributeError) as error:
        raise InputError(f"not hexadecimal: {str(text)[:40]!r}", where, expected) from error
    if size is not None and len(data) != size:
        raise InputError(f"{len(data)} bytes", where, expected)
    return data


def parse_int(value: Any, where: str, bits: int = 256) -> int:
    """Read a number: a JSON integer, decimal text, or hex text after 0x.

    >>> parse_int("0x10", "gas"), parse_int(" 0X10", "gas"), parse_int("10", "gas"), parse_int(10, "gas")
    (16, 16, 10, 10)
    """
    expected = f"a whole number from 0 to 2**{bits} - 1"
    try:
        if isinstance(value, str):
            text = value.strip().lower()
            if not re.fullmatch("-?(0x[0-9a-f]+|[0-9]+)", text):
                raise ValueError
            number = int(text, 16 if "x" in text else 10)
        elif isinstance(value, int) and not isinstance(value, bool):
            number = value
        else:
            raise ValueError
    except ValueError as error:
        raise InputError(f"not a number: {str(value)[:40]!r}", where, expected) from error
    if not 0 <= number < 2**bits:
        raise InputError("number out of range", where, expected)
    return number


def parse_object(value: Any, where: str) -> Mapping[str, Any]:
    """Check that a JSON value is an object."""
    if not isinstance(value, dict):
        raise InputError(f"not an object: {str(value)[:40]!r}", where, "{...}")
    return value


def parse_list(value: Any, where: str) -> list[Any]:
    """Check that a JSON value is a list."""
    if not isinstance(value, list):
        raise InputError(f"not a list: {str(value)[:40]!r}", where, "[...]")
    return value


def parse_storage(value: Any, where: str) -> dict[int, int]:
    """Read `{"0xslot": "0xvalue"}`."""
    items = parse_object(value, where).items()
    return {parse_int(slot, where): parse_int(word, f"{where} slot {slot}") for slot, word in items}


def parse_alloc(value: Any, where: str) -> WorldState:
    """Read a genesis alloc: `{address: {balance, nonce?, code?, storage?}}`."""

    def account(address: str, fields: Any) -> tuple[Address, Account]:
        place = f"{where} {address}"
        fields = parse_object(fields, place)
        return parse_bytes(address, place, 20), Account(
            nonce=parse_int(fields.get("nonce", 0), f"{place} nonce", 64),
            balance=parse_int(fields.get("balance", 0), f"{place} balance"),
            code=parse_bytes(fields.get("code", "0x"), f"{place} code"),
            storage=parse_storage(fields.get("storage", {}), f"{place} storage"),
        )

    return world_from_alloc(account(address, fields) for address, fields in parse_object(value, where).items())


def check_supply(world: WorldState, where: str, more: int = 0) -> None:
    """Raise InputError where the accounts together, and `more` wei on top, could make one balance exceed a word."""
    if sum(account.balance for account in world.accounts.values()) + more > WORD_MASK:
        raise InputError("more wei than one account can hold", where, "less than 2**256 in all accounts together")


def check_blob_price(blobs: BlobSchedule | None, excess: int, where: str) -> None:
    """Raise InputError where an excess blob gas leads to a price that does not fit into a word."""
    if blobs is None:
        return
    is_hopeless = excess > 256 * blobs.base_fee_update_fraction  # e > 2, so that is beyond 2**256, and takes for ever
    if is_hopeless or blob_base_fee(blobs, excess) > WORD_MASK:
        raise InputError(f"an excess blob gas of {excess}", where, "a price of blob gas that fits into a word")
