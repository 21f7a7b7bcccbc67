"""What the inspector shows: a list, one account of it, one transaction, and what a validator says.

It holds no picture and no widget. Everything is computed from three things: the edits, the account, the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from toyevm import rlp
from toyevm.access_lists import AccountChanges, BlockAccessList, Lie, count_items, encode
from toyevm.access_lists.values import ITEM_COST
from toyevm.teaching.kit.interleaving.scene import in_unit
from toyevm.teaching.kit.marks import CROSS, TICK
from toyevm.teaching.lessons.block_access_lists.checking import PARENT, CheckedAlone, check_alone, lie_in
from toyevm.teaching.lessons.block_access_lists.notation import edited, write_account
from toyevm.teaching.lessons.block_access_lists.village import header_hash
from toyevm.types import Field, Location, Value
from toyevm.units import ETHER
from toyevm.workloads.workload import Workload

PARTS = ("address", "writes", "reads", "balances", "nonces", "codes")


@dataclass(frozen=True)
class Inspection:
    """A list as it stands beside a block, with the edits of somebody who may lie."""

    workload: Workload
    honest: BlockAccessList
    titles: tuple[str, ...]
    edits: str = ""
    account: str = "box"
    tx_index: int = 0

    @cached_property
    def accesses(self) -> BlockAccessList:
        return edited(self.honest, self.edits, self.workload.names)

    @cached_property
    def lie(self) -> Lie | None:
        return lie_in(self.workload, self.accesses)

    @cached_property
    def checked(self) -> CheckedAlone:
        return check_alone(self.workload, self.accesses, self.tx_index)

    @property
    def lines(self) -> list[str]:
        """What is shown, line by line: the list, the account, the transaction, the verdict."""
        most = self.workload.block.header.gas_limit // ITEM_COST
        size = f"{len(encode(self.accesses)):,} bytes, {count_items(self.accesses):,} addresses and slots"
        return [
            f"list      {len(self.accesses)} accounts, {size} (most {most:,}), hash {header_hash(self.accesses)[:8]}…",
            *self._account_lines(),
            f"tx {self.tx_index}      {self.titles[self.tx_index]}, index {self.tx_index + 1}",
            *self._found_lines(),
            *self._left_lines(),
            f"validator {say_lie(self.lie, self.workload)}",
        ]

    def _account_lines(self) -> list[str]:
        by_name = {self.workload.name(each.address): each for each in self.accesses}
        if self.account not in by_name:
            return [f"account   {self.account}: not listed"]
        entry = write_account(by_name[self.account], self.workload.names)
        entry = entry if len(entry) <= 90 else entry[:89] + "…"
        parts = ", ".join(f"{name} {size}" for name, size in bytes_by_part(by_name[self.account]).items())
        return [f"account   {entry}", f"bytes     {parts}"]

    def _found_lines(self) -> list[str]:
        found = [each for each in self.checked.found.items() if is_number(each[0])]
        return [
            f"  finds   {self._named(location)} = {number(location, value)}, from {index_name(at)}"
            for location, (at, value) in sorted(found)
        ]

    def _left_lines(self) -> list[str]:
        left, listed = self.checked.left, self.checked.listed
        if self.checked.refusal:
            return [f"  {CROSS} cannot run on this list: {self.checked.refusal}"]
        lines = []
        for location in sorted(left.keys() | listed.keys()):
            mine = number(location, left[location]) if location in left else "no change"
            told = number(location, listed[location]) if location in listed else "nothing"
            mark = TICK if mine == told else CROSS
            lines.append(f"  leaves  {self._named(location)} = {mine}; the list says {told} {mark}")
        return lines

    def _named(self, location: Location) -> str:
        return place_name(location, self.workload.names)


def bytes_by_part(account: AccountChanges) -> dict[str, int]:
    """Return how many bytes each part of an account takes in the encoding; an empty list takes one."""
    slots: list[rlp.Item] = [[slot, changes] for slot, changes in account.storage_changes]
    items: tuple[rlp.Item, ...] = (
        account.address, slots, account.storage_reads, account.balance_changes, account.nonce_changes,
        account.code_changes,
    )  # fmt: skip
    return {name: len(rlp.encode(item)) for name, item in zip(PARTS, items, strict=True)}


def is_number(location: Location) -> bool:
    """Return whether a location holds what the inspector shows: no code, and no "has it any storage?"."""
    return location.is_slot or location.key in (Field.BALANCE, Field.NONCE)


def number(location: Location, value: Value) -> str:
    """Return a value for a reader; balances in ether."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if location.key != Field.BALANCE:
        return f"{value:,}" if value < 10**12 else f"{value:#x}"[:10] + "…"
    return in_unit(value, ETHER)


def place_name(location: Location, names: Mapping[bytes, str]) -> str:
    """Return a location in two words, such as "box slot 2"."""
    digits = str(location.key) if location.key < 10**6 else f"{location.key:#x}"[:8] + "…"
    field = f"slot {digits}" if location.is_slot else Field(location.key).name.lower()
    return f"{names.get(location.address, '0x' + location.address.hex()[:6] + '…')} {field}"


def index_name(at: int) -> str:
    """Return what an index is called."""
    return "the parent state" if at == PARENT else f"index {at}"


def say_lie(lie: Lie | None, workload: Workload) -> str:
    """Return a verdict, with names instead of addresses."""
    if lie is None:
        return "no lie found"
    where = lie.where
    for address, name in workload.names.items():
        where = where.replace("0x" + address.hex(), name)
    where = where.strip("()").replace(",", "").replace("Field.", "")
    return f"REFUSED: {lie.kind}: {where}" + (f", index {lie.index}" if lie.index is not None else "")
