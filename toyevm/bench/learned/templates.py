"""A location as a rule: not "slot 0x5c1…", but "the entry of the sender in the mapping at slot 1".

Contracts keep what belongs to somebody in mappings, whose entries lie at hashes. A hash cannot be read backwards; but
slots are few and a transaction has few words, so each can be tried. Solidity hashes key and slot, Vyper slot and key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from toyevm.bench.learned.features import TxFeatures
from toyevm.crypto import keccak256
from toyevm.types import WORD_MASK, Address, Location

SLOTS = 16  # the mappings of a contract that are tried, and the fields of an entry behind each
FIELDS = 3
NESTED = ("sender", "word 0", "word 1", "word 2")  # keys of mappings in mappings: allowances, for instance


class Template(NamedTuple):
    """Where a transaction reads or writes, in terms of what can be seen of it.

    Attributes:
        place: "sender", "to" or "word 0" for the address that is meant, or the address itself.
        path: a field of the account or a slot (one number); or a mapping's slot and the terms that are its keys.
        order: "slot first" as Vyper has it, or "key first".
        field: which word of the entry, counted from the first.
    """

    place: str | Address
    path: tuple[int | str, ...]
    order: str = ""
    field: int = 0

    def locate(self, features: TxFeatures) -> Location | None:
        """Return the location that is meant for this transaction; None if it has no such words."""
        terms = features.terms
        address = _address(terms, self.place)
        if address is None:
            return None
        key = self.path[0]
        assert isinstance(key, int)
        for term in self.path[1:]:
            if term not in terms:
                return None
            key = entry_slot(key, terms[str(term)], self.order)
        return Location(address, key + self.field & WORD_MASK if len(self.path) > 1 else key)


def _address(terms: Mapping[str, int], place: str | Address) -> Address | None:
    if isinstance(place, bytes):
        return place
    number = terms.get(place)
    return None if number is None or number >> 160 else number.to_bytes(20, "big")


@lru_cache(maxsize=2**18)
def entry_slot(slot: int, key: int, order: str) -> int:
    """Return where the entry of a key lies in the mapping at a slot."""
    words = (slot, key) if order == "slot first" else (key, slot)
    return int.from_bytes(keccak256(b"".join(word.to_bytes(32, "big") for word in words)), "big")


def explain(features: TxFeatures, locations: Iterable[Location]) -> set[Template]:
    """Return the rules that give these locations for this transaction, for each at least the location itself."""
    terms = features.terms
    entries = _entries(terms)
    places: dict[Address, list[str]] = {}
    for term in terms:
        if (address := _address(terms, term)) is not None:
            places.setdefault(address, []).append(term)
    found = set()
    for location in locations:
        ways = entries.get(location.key, []) if location.is_slot else []
        for place in (location.address, *places.get(location.address, ())):
            found.add(Template(place, (location.key,)))
            found |= {Template(place, *way) for way in ways}
    return found


def _entries(terms: Mapping[str, int]) -> dict[int, list[tuple[tuple[int | str, ...], str, int]]]:
    """Return every slot that is an entry of a mapping under the words of a transaction, and how it is reached."""
    found: dict[int, list[tuple[tuple[int | str, ...], str, int]]] = {}
    for order in ("slot first", "key first"):
        for slot in range(SLOTS):
            for term, number in terms.items():
                first = entry_slot(slot, number, order)
                paths: list[tuple[tuple[int | str, ...], int]] = [((slot, term), first)]
                if term in NESTED:
                    inner = ((again, terms[again]) for again in NESTED if again in terms)
                    paths += [((slot, term, again), entry_slot(first, key, order)) for again, key in inner]
                for path, at in paths:
                    for field in range(FIELDS):
                        found.setdefault(at + field & WORD_MASK, []).append((path, order, field))
    return found
