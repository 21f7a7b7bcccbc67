"""Which transactions of a block must wait for which: read off the sets they left behind.

Two transactions that share no location can run at the same time. When they share one, there are three ways to be in
each other's way, named after what the later one does after the earlier: read after write, write after read, write after
write. Only the first carries information: the later transaction needs a value that the earlier one makes. The other two
vanish when every write is kept as a version of its own. So a dependency is a read after write, unless asked otherwise.

The fee is no location: every transaction adds to the balance of the block's fee recipient, none needs to know it.
Whoever does read that balance depends on all who paid into it.

Source: Bernstein 1966; for blocks, Saraph and Herlihy 2019 (arXiv 1901.01376).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.types import Address, Field, Location

Cost: TypeAlias = Callable[[int], int]  # of a transaction, by its index: gas, or nanoseconds
Offset: TypeAlias = Callable[[int, Location], int]  # how far into its run a transaction first reads a location


class Hazard(StrEnum):
    """What the later of two transactions does with a location after the earlier one did something with it."""

    READ_AFTER_WRITE = "read after write"
    WRITE_AFTER_READ = "write after read"
    WRITE_AFTER_WRITE = "write after write"


class Dependency(NamedTuple):
    """Transaction `after` must wait for transaction `before`, because of one location."""

    before: int
    after: int
    location: Location
    hazard: Hazard = Hazard.READ_AFTER_WRITE


@dataclass(frozen=True)
class DependencyGraph:
    """The transactions 0 to `size` - 1 of a block, and who waits for whom. Edges go forward, so there is no cycle.

    Raises:
        InputError: an edge that does not go from a lower to a higher transaction of the block.
    """

    size: int
    dependencies: tuple[Dependency, ...] = ()

    def __post_init__(self) -> None:
        for before, after, *_ in self.dependencies:
            if not 0 <= before < after < self.size:
                raise InputError(f"{after} cannot wait for {before}", expected=f"0 <= before < after < {self.size}")

    @cached_property
    def predecessors(self) -> tuple[tuple[int, ...], ...]:
        """For each transaction those it waits for directly, ascending."""
        found: list[set[int]] = [set() for _ in range(self.size)]
        for before, after, *_ in self.dependencies:
            found[after].add(before)
        return tuple(tuple(sorted(each)) for each in found)

    @cached_property
    def layers(self) -> tuple[tuple[int, ...], ...]:
        """The transactions by the number of those in the longest chain before them: all of a layer can run at once.

        >>> DependencyGraph(4, (Dependency(0, 2, Location(bytes(20), 0)),)).layers
        ((0, 1, 3), (2,))
        """
        depths: list[int] = []
        for waits_for in self.predecessors:
            depths.append(1 + max((depths[before] for before in waits_for), default=-1))
        found: list[list[int]] = [[] for _ in range(max(depths, default=-1) + 1)]
        for tx_index, depth in enumerate(depths):
            found[depth].append(tx_index)
        return tuple(map(tuple, found))

    def only(self, hazards: Iterable[Hazard]) -> DependencyGraph:
        """Return what is left if only these hazards count."""
        wanted = frozenset(hazards)
        return DependencyGraph(self.size, tuple(each for each in self.dependencies if each.hazard in wanted))

    def without(self, location: Location) -> DependencyGraph:
        """Return what is left if nobody met at this location."""
        return DependencyGraph(self.size, tuple(each for each in self.dependencies if each.location != location))

    def to_networkx(self) -> Any:
        """Return the same as a networkx DiGraph; each edge has a `locations` tuple."""
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_nodes_from(range(self.size))
        for before, after, location, _ in self.dependencies:
            known = graph.get_edge_data(before, after, {"locations": ()})["locations"]
            graph.add_edge(before, after, locations=(*known, location))
        return graph


@dataclass(frozen=True)
class Path:
    """Transactions that must run one after the other, and the sum of their costs."""

    tx_indexes: tuple[int, ...]
    length: int


def dependency_graph(
    results: Sequence[TxResult],
    fee_recipient: Address | None = None,
    hazards: Iterable[Hazard] = (Hazard.READ_AFTER_WRITE,),
) -> DependencyGraph:
    """Return who waits for whom in an executed block.

    Each transaction waits for the *nearest* earlier one that stands in its way at a location; it need not name those
    further back, for that one waits for them.

    Args:
        results: in block order, as any backend returns them.
        fee_recipient: the block's coinbase; without it, no one is taken to read what the fees add up to.
        hazards: the kinds to look for. Write after read and write after write matter only to a machine that keeps one
            value for each location.
    """
    return DependencyGraph(len(results), tuple(sorted(_dependencies(results, fee_recipient, frozenset(hazards)))))


def _dependencies(
    results: Sequence[TxResult], fee_recipient: Address | None, wanted: frozenset[Hazard]
) -> Iterator[Dependency]:
    writer: dict[Location, int] = {}
    cleared: dict[Address, int] = {}  # who has cleared all slots of an account at once
    readers: dict[Location, list[int]] = defaultdict(list)  # since the last write
    fees = None if fee_recipient is None else Location(fee_recipient, Field.BALANCE)
    payers: list[int] = []  # since somebody wrote the balance that fees add to
    for after, result in enumerate(results):
        for location in result.read_set if Hazard.READ_AFTER_WRITE in wanted else ():
            before = _last_writer(writer, cleared, location)
            if before is not None:
                yield Dependency(before, after, location)
            if location == fees:
                yield from (Dependency(payer, after, location) for payer in payers if payer != before)
        for location in result.read_set if Hazard.WRITE_AFTER_READ in wanted else ():
            readers[location].append(after)
        for location in result.write_set:
            if location in writer and Hazard.WRITE_AFTER_WRITE in wanted:
                yield Dependency(writer[location], after, location, Hazard.WRITE_AFTER_WRITE)
            for before in readers.pop(location, ()):
                if before != after:
                    yield Dependency(before, after, location, Hazard.WRITE_AFTER_READ)
            writer[location] = after
            if location.key == Field.STORAGE:
                cleared[location.address] = after
        if fees in result.write_set:
            payers.clear()
        if result.fee:
            payers.append(after)


def _last_writer(writer: dict[Location, int], cleared: dict[Address, int], location: Location) -> int | None:
    """Return who wrote a location last: the slot itself, or all slots of the account at once."""
    own = writer.get(location)
    if location.address not in cleared or not location.is_slot:
        return own
    return max(cleared[location.address], -1 if own is None else own)


def work(graph: DependencyGraph, cost: Cost) -> int:
    """Return the sum of all costs: what one core takes."""
    return sum(map(cost, range(graph.size)))


def critical_path(graph: DependencyGraph, cost: Cost, offset: Offset | None = None) -> Path:
    """Return the longest chain of transactions that must run one after the other.

    By transaction, no schedule that runs whole transactions in turn beats its length (the *span*), whatever the number
    of cores; one that reads late can, down to the span by access (with `offset`), which bounds every schedule. Among
    equally long chains it is the one that keeps to the lowest transactions, from its end backwards.

    Args:
        offset: with it, the chain *by access*: a transaction may begin before the one it waits for has ended, as long
            as it comes to the location afterwards. What one writes is seen when it has ended.

    Source: Graham 1969; for blocks, Saraph and Herlihy 2019, section 4.

    >>> spot = Location(bytes(20), 0)
    >>> graph = DependencyGraph(6, (Dependency(0, 2, spot), Dependency(2, 5, spot)))
    >>> critical_path(graph, cost=lambda tx_index: 1)
    Path(tx_indexes=(0, 2, 5), length=3)
    >>> critical_path(graph, cost=lambda tx_index: 10, offset=lambda tx_index, location: 8)
    Path(tx_indexes=(0, 2, 5), length=14)
    """
    starts = [0] * graph.size
    previous: list[int | None] = [None] * graph.size
    ends: list[int] = []
    incoming: list[list[Dependency]] = [[] for _ in range(graph.size)]
    for each in sorted(graph.dependencies):
        incoming[each.after].append(each)
    for tx_index, waits in enumerate(incoming):
        for before, _, location, _ in waits:
            start = ends[before] - (offset(tx_index, location) if offset else 0)
            if start > starts[tx_index]:
                starts[tx_index], previous[tx_index] = start, before
        ends.append(starts[tx_index] + cost(tx_index))
    if not ends:
        return Path((), 0)
    last: int | None = ends.index(max(ends))
    chain = []
    while last is not None:
        chain.append(last)
        last = previous[last]
    return Path(tuple(reversed(chain)), max(ends))


def span(graph: DependencyGraph, cost: Cost) -> int:
    """Return the length of the critical path: what infinitely many cores take."""
    return longest_chain(graph.predecessors, cost)


def longest_chain(predecessors: Sequence[Collection[int]], cost: Cost) -> int:
    """Return the same from nothing but whom each transaction waits for."""
    ends: list[int] = []
    for tx_index, waits_for in enumerate(predecessors):
        start = max([ends[before] for before in waits_for]) if waits_for else 0
        ends.append(start + cost(tx_index))
    return max(ends, default=0)
