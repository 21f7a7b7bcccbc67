"""What somebody claims about a block: who waits for whom, or what each transaction will read and write.

A hint comes with the block, from the producer who has executed it, or from the sender of a transaction. Nobody has
checked it. Those who use it let it decide the order in which things *run*, and validate as if there had been none.

Source of the kinds: read and write locks that transactions declare (Solana, Fuel), an edge list in the block (Polygon,
PIP-16), access lists in transactions (EIP-2930), the access list of a block (EIP-7928).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from toyevm import rlp
from toyevm.access_lists.codec import encode
from toyevm.access_lists.recorder import build
from toyevm.analysis.dependencies import dependency_graph
from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.results import TxResult
from toyevm.state import WorldState
from toyevm.transactions import AccessList
from toyevm.types import Address, Location

Edge = tuple[int, int]  # (before, after)


class Locks(NamedTuple):
    """The locations that a transaction declares to read and to write."""

    reads: frozenset[Location] = frozenset()
    writes: frozenset[Location] = frozenset()


@dataclass(frozen=True)
class Hints:
    """Claims about a block, each kind for the backend that asks for it; None where there is no claim."""

    locks: tuple[Locks, ...] | None = None
    edges: tuple[Edge, ...] | None = None
    access_lists: tuple[AccessList, ...] | None = None
    block_access_list: bytes | None = None  # as it is encoded: only who uses it takes it apart

    @cached_property
    def byte_sizes(self) -> dict[str, int]:
        """What each kind adds to a block, RLP-encoded."""
        found = {}
        if self.locks is not None:
            both = [[access_list_of(locks.reads), access_list_of(locks.writes)] for locks in self.locks]
            found["locks"] = len(rlp.encode([[_items(one) for one in each] for each in both]))
        if self.edges is not None:
            found["edges"] = len(rlp.encode([list(edge) for edge in self.edges]))
        if self.access_lists is not None:
            found["access_lists"] = len(rlp.encode([_items(each) for each in self.access_lists]))
        if self.block_access_list is not None:
            found["block_access_list"] = len(self.block_access_list)
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
