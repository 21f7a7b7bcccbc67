"""A block access list as frozen values, in the order of its encoding; and the same facts by location.

An index says when: 0 is before the transactions, i is transaction number i (the first is 1), and the one after the last
transaction is the end of the block. Reads carry no index: when something was looked at does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from toyevm.types import Address, Field, Location, Value

ITEM_COST = 2_000  # gas: a block may list one address or slot for each of these in its gas limit


class Change(NamedTuple):
    """What a location holds from this index on, until the next change."""

    at: int  # the index
    value: Value


Changes: TypeAlias = tuple[Change, ...]  # ascending


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What a block does to one account; one that is merely looked at is listed too, and has nothing in it."""

    address: Address
    storage_changes: tuple[tuple[int, Changes], ...] = ()  # slot by slot
    storage_reads: tuple[int, ...] = ()  # slots that do not change; also those that were written and are as before
    balance_changes: Changes = ()
    nonce_changes: Changes = ()
    code_changes: Changes = ()


BlockAccessList: TypeAlias = tuple[AccountChanges, ...]


@dataclass(frozen=True)
class Accesses:
    """The same facts without an order."""

    accounts: frozenset[Address]
    reads: frozenset[Location]  # slots that are looked at and do not change
    changes: Mapping[Location, Changes]


def count_items(accesses: BlockAccessList) -> int:
    """Return what the size of a list is measured in: addresses and slots."""
    return sum(1 + len(each.storage_changes) + len(each.storage_reads) for each in accesses)


def flatten(accesses: BlockAccessList) -> Accesses:
    """Return a list's facts by location."""
    changes: dict[Location, Changes] = {}
    for each in accesses:
        changes |= {Location(each.address, slot): found for slot, found in each.storage_changes}
        fields = {
            Field.BALANCE: each.balance_changes,
            Field.NONCE: each.nonce_changes,
            Field.CODE: each.code_changes,
        }
        changes |= {Location(each.address, field): found for field, found in fields.items() if found}
    reads = frozenset(Location(each.address, slot) for each in accesses for slot in each.storage_reads)
    return Accesses(frozenset(each.address for each in accesses), reads, changes)


def gather(accesses: Accesses) -> BlockAccessList:
    """Return the list that says this, sorted; the inverse of `flatten`."""
    keys: defaultdict[Address, list[int]] = defaultdict(list)
    for address, key in sorted(accesses.changes):
        keys[address].append(key)
    reads = _slots_by_address(accesses.reads)
    return tuple(
        AccountChanges(
            address,
            tuple((slot, accesses.changes[Location(address, slot)]) for slot in keys[address] if slot >= 0),
            reads.get(address, ()),
            *(accesses.changes.get(Location(address, field), ()) for field in (Field.BALANCE, Field.NONCE, Field.CODE)),
        )
        for address in sorted(accesses.accounts)
    )


def _slots_by_address(locations: Iterable[Location]) -> dict[Address, tuple[int, ...]]:
    found: defaultdict[Address, list[int]] = defaultdict(list)
    for address, slot in sorted(locations):
        found[address].append(slot)
    return {address: tuple(slots) for address, slots in found.items()}
