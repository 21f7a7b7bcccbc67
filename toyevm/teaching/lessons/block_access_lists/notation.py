"""A list as people write it, one line an account, and back.

    box: slot 2 2:40 4:50; read 1, 3
    Ann: balance 1:95; nonce 1:1 5:2
    producer:
    Eve: not listed

`2:40` is "40 from index 2 on". Balances are in ether. What somebody writes is kept as it stands, in its order and with
what comes twice: whether it is a proper list is for the validator to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from toyevm.access_lists import AccountChanges, BlockAccessList, Change
from toyevm.access_lists.values import Changes
from toyevm.errors import InputError
from toyevm.types import Address, Value
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

FORM = 'an account, a colon and its parts, such as "box: slot 2 2:40 4:50; read 1, 3"'
LONGEST, MOST_READS = 4_000, 40_000
GONE = "not listed"
LINE = re.compile(r"\s*(0x[0-9a-fA-F]{40}|\w+)\s*:(.*)")
CHANGE = re.compile(r"(\d+)\s*:\s*(0x[0-9a-fA-F]+|\d+)")
PART = re.compile(r"slot\s+(0x[0-9a-f]+|\d+)\b(.*)|(read|reads|balance|nonce|code)\b(.*)", re.IGNORECASE)


def write_list(accesses: BlockAccessList, names: Mapping[Address, str]) -> str:
    """Return a list in lines, one an account."""
    return "\n".join(write_account(account, names) for account in accesses)


def write_account(account: AccountChanges, names: Mapping[Address, str]) -> str:
    """Return the line of one account."""
    parts = [f"slot {_short(slot)} {_changes(found)}" for slot, found in account.storage_changes]
    if account.storage_reads:
        parts.append("read " + ", ".join(map(_short, account.storage_reads)))
    for word, found in (("balance", account.balance_changes), ("nonce", account.nonce_changes)):
        if found:
            parts.append(f"{word} {_changes(found, ETHER if word == 'balance' else 1)}")
    if account.code_changes:
        parts.append(f"code {_changes(account.code_changes)}")
    return f"{names.get(account.address, '0x' + account.address.hex())}: {'; '.join(parts)}".rstrip()


def edited(accesses: BlockAccessList, text: str, names: Mapping[Address, str]) -> BlockAccessList:
    """Return a list in which each line of `text` stands for what was there of its account.

    Raises:
        InputError: a line that cannot be read, or an account twice.
    """
    if len(text) > LONGEST:
        raise InputError(f"a text of {len(text):,} characters", expected=f"at most {LONGEST:,}")
    accounts = {account.address: account for account in accesses}
    seen: set[Address] = set()
    for line in filter(None, map(str.strip, text.split("\n"))):
        address, account = read_account(line, names)
        if address in seen:
            raise InputError(f"{line!r}: a second line of this account", expected="one line for each account")
        seen.add(address)
        accounts.pop(address, None)
        if account:
            accounts[address] = account
    return tuple(accounts[address] for address in sorted(accounts))


def read_account(line: str, names: Mapping[Address, str]) -> tuple[Address, AccountChanges | None]:
    """Return what a line says of which account; None if it is not to be listed.

    Raises:
        InputError: it cannot be read.
    """
    found = LINE.fullmatch(line)
    if not found:
        raise InputError(repr(line), expected=FORM)
    by_name = {name.casefold(): address for address, name in names.items()}
    who = found[1]
    address = bytes.fromhex(who[2:]) if who.startswith("0x") else by_name.get(who.casefold()) or wallet(who).address
    if found[2].strip().casefold() == GONE:
        return address, None
    account = AccountChanges(address)
    for part in filter(None, map(str.strip, found[2].split(";"))):
        account = _with_part(account, part)
    return address, account


def _with_part(account: AccountChanges, part: str) -> AccountChanges:
    found = PART.fullmatch(part)
    if not found:
        raise InputError(repr(part), expected="slot N i:v …  |  read N, N  |  balance i:v …  |  nonce i:v …")
    if found[1]:
        slot = (int(found[1], 0), _read_changes(found[2], part))
        return replace(account, storage_changes=(*account.storage_changes, slot))
    word, rest = found[3].casefold(), found[4]
    if word.startswith("read"):
        return replace(account, storage_reads=(*account.storage_reads, *_read_slots(rest, part)))
    value: Callable[[int], Value] = {"balance": lambda number: number * ETHER, "code": _as_code}.get(word, int)
    field = f"{word}_changes"
    changes: dict[str, Any] = {field: (*getattr(account, field), *_read_changes(rest, part, value))}
    return replace(account, **changes)


def _read_changes(words: str, part: str, value: Callable[[int], Value] = int) -> Changes:
    if CHANGE.sub("", words).strip(" ,"):
        raise InputError(repr(part), expected="index:value, such as 2:40, with a space between two of them")
    return tuple(Change(int(at), value(int(told, 0))) for at, told in CHANGE.findall(words))


def _read_slots(words: str, part: str) -> list[int]:
    slots: list[int] = []
    for word in words.replace(",", " ").split():
        found = re.fullmatch(r"(0x[0-9a-fA-F]+|\d+)(?:\.\.(\d+))?", word)
        if not found:
            raise InputError(repr(part), expected="slots, such as read 1, 3 or read 1..9")
        first = int(found[1], 0)
        last = int(found[2]) if found[2] else first
        if last - first + len(slots) > MOST_READS:
            raise InputError(repr(part), expected=f"at most {MOST_READS:,} slots")
        slots += range(first, last + 1)
    if not slots:
        raise InputError(repr(part), expected="slots, such as read 1, 3")
    return slots


def _as_code(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _changes(changes: Changes, unit: int = 1) -> str:
    return " ".join(f"{at}:{_value(value, unit)}" for at, value in changes)


def _value(value: Value, unit: int = 1) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return f"{value // unit}" if value % unit == 0 else f"{value / unit:.4f}"


def _short(slot: int) -> str:
    digits = str(slot)
    return digits if len(digits) <= 8 else f"{slot:#x}"
