"""What somebody claims about a block: who waits for whom, or what each transaction will read and write.

A hint comes with the block, from the producer who has executed it, or from the sender of a transaction. Nobody has
checked it. Those who use it let it decide the order in which things *run*, and validate as if there had been none.

Source of the kinds: read and write locks that transactions declare (Solana, Fuel), an edge list in the block (Polygon,
PIP-16), access lists in transactions (EIP-2930), the access list of a block (EIP-7928).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from reprlib import repr as shorten
from typing import Any, NamedTuple

from toyevm import rlp
from toyevm.access_lists.codec import encode
from toyevm.access_lists.recorder import build
from toyevm.analysis.dependencies import dependency_graph
from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.errors import InputError, InvalidSignature
from toyevm.results import TxResult
from toyevm.state import WorldState
from toyevm.transactions import AccessList, Transaction
from toyevm.types import WORD_MASK, Address, Field, Location

Edge = tuple[int, int]  # (before, after)


class Locks(NamedTuple):
    """The locations that a transaction declares to read and to write."""

    reads: frozenset[Location] = frozenset()
    writes: frozenset[Location] = frozenset()


def _is_edge(claim: Any) -> bool:
    return isinstance(claim, tuple) and len(claim) == 2 and all(type(number) is int for number in claim)


def _is_lock(claim: Any) -> bool:
    return isinstance(claim, Locks) and all(isinstance(each, Set) and all(map(_is_location, each)) for each in claim)


def _is_access_list(claim: Any) -> bool:
    return isinstance(claim, tuple) and all(isinstance(each, tuple) and _is_entry(*each) for each in claim)


def _is_entry(address: Any = None, slots: Any = None, *more: Any) -> bool:
    return not more and _is_address(address) and isinstance(slots, tuple) and all(map(_is_slot, slots))


def _is_location(each: Any) -> bool:
    if not isinstance(each, Location) or not _is_address(each.address) or not isinstance(each.key, int):
        return False  # -1.0 is no field, though it equals one
    return _is_slot(each.key) or each.key in _FIELDS


def _is_address(each: Any) -> bool:
    return isinstance(each, bytes) and len(each) == 20


def _is_slot(each: Any) -> bool:
    return type(each) is int and 0 <= each <= WORD_MASK


_FIELDS = frozenset(Field)
FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "locks": (_is_lock, "Locks, of two sets of locations"),
    "edges": (_is_edge, "two numbers of transactions"),
    "access_lists": (_is_access_list, "pairs of an address and a tuple of slots"),
}


@dataclass(frozen=True)
class Hints:
    """Claims about a block, each kind for the backend that asks for it; None where there is no claim.

    What has not even the form of a claim is refused here, once for all backends. A claim that makes no sense in its
    block (a transaction that is not in it, too many of them or too few) they pass over; so does the one that takes the
    bytes of a block access list apart, and names what was wrong with them.

    Raises:
        InputError: with the claim that has another form, and the one it should have.
    """

    locks: tuple[Locks, ...] | None = None
    edges: tuple[Edge, ...] | None = None
    access_lists: tuple[AccessList, ...] | None = None
    block_access_list: bytes | None = None  # as it is encoded: only who uses it takes it apart

    def __post_init__(self) -> None:
        for kind, (has_form, form) in FORMS.items():
            claims = getattr(self, kind)
            if claims is not None and not isinstance(claims, tuple):
                raise InputError(shorten(claims), f"hint {kind}", "a tuple")
            for number, claim in enumerate(claims or ()):
                if not has_form(claim):
                    raise InputError(shorten(claim), f"hint {kind}[{number}]", form)

    @cached_property
    def byte_sizes(self) -> dict[str, int]:
        """What each kind adds to a block, RLP-encoded."""
        found = {}
        if self.locks is not None:
            both = [[access_list_of(locks.reads), access_list_of(locks.writes)] for locks in self.locks]
            found["locks"] = len(rlp.encode([[_items(one) for one in each] for each in both]))
        if self.edges is not None:
            found["edges"] = len(rlp.encode([list(edge) for edge in self.edges if min(edge) >= 0]))
        if self.access_lists is not None:
            found["access_lists"] = len(rlp.encode([_items(each) for each in self.access_lists]))
        if isinstance(self.block_access_list, bytes):
            found["block_access_list"] = len(self.block_access_list)
        return found


def sender_of(tx: Transaction) -> Address | None:
    """Return who a transaction says it is from, which anybody can see; None if its signature is nobody's."""
    try:
        return tx.sender
    except InvalidSignature:
        return None


def predecessors_by_sender(transactions: Sequence[Transaction]) -> list[int]:
    """Return for each transaction the last one before it of the same sender, -1 if it is their first."""
    latest: dict[Address, int] = {}
    found = []
    for tx_index, sender in enumerate(map(sender_of, transactions)):
        found.append(latest.get(sender, -1) if sender else -1)  # without one, it will be refused when its turn comes
        if sender:
            latest[sender] = tx_index
    return found


def hints_of(results: Sequence[TxResult], fee_recipient: Address | None = None) -> Hints:
    """Return the hints that an honest producer sends along, who has executed the block; `hints_for` adds the list."""
    graph = dependency_graph(results, fee_recipient=fee_recipient)
    locks = tuple(Locks(frozenset(result.read_set), frozenset(result.write_set)) for result in results)
    edges = tuple((before, after) for after, waits_for in enumerate(graph.predecessors) for before in waits_for)
    return Hints(locks, edges, tuple(access_list_of(each.reads | each.writes) for each in locks))


def hints_for(pre: WorldState, block: Block, chain: ChainConfig, results: Sequence[TxResult]) -> Hints:
    """Return all hints that an honest producer sends along, who has executed the block with these results."""
    return replace(
        hints_of(results, block.header.coinbase), block_access_list=encode(build(pre, block, chain, results))
    )


def access_list_of(locations: frozenset[Location]) -> AccessList:
    """Return the access list that names these locations: addresses, and slots; it knows no other fields."""
    slots: dict[Address, list[int]] = {}
    for location in sorted(locations):
        slots.setdefault(location.address, []).extend([location.key] if location.is_slot else [])
    return tuple((address, tuple(keys)) for address, keys in slots.items())


def _items(access_list: AccessList) -> rlp.Item:
    return [[address, [slot.to_bytes(32, "big") for slot in slots]] for address, slots in access_list]
