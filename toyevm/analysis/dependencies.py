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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.types import Address, Field, Location

Cost: TypeAlias = Callable[[int], int]  # of a transaction, by its index: gas, or nanoseconds


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
    wanted = set(hazards)
    found = (each for each in _all_dependencies(results, fee_recipient) if each.hazard in wanted)
    return DependencyGraph(len(results), tuple(sorted(found)))


def _all_dependencies(results: Sequence[TxResult], fee_recipient: Address | None) -> Iterator[Dependency]:
    writer: dict[Location, int] = {}
    readers: dict[Location, list[int]] = defaultdict(list)  # since the last write
    fees = None if fee_recipient is None else Location(fee_recipient, Field.BALANCE)
    payers: list[int] = []  # since somebody wrote the balance that fees add to
    for after, result in enumerate(results):
        for location in result.read_set:
            before = _last_writer(writer, location)
            if before is not None:
                yield Dependency(before, after, location)
            if location == fees:
                yield from (Dependency(payer, after, location) for payer in payers if payer != before)
            readers[location].append(after)
        for location in result.write_set:
            if location in writer:
                yield Dependency(writer[location], after, location, Hazard.WRITE_AFTER_WRITE)
            for before in readers.pop(location, ()):
                if before != after:
                    yield Dependency(before, after, location, Hazard.WRITE_AFTER_READ)
            writer[location] = after
        if fees in result.write_set:
            payers.clear()
        if result.fee:
            payers.append(after)


def _last_writer(writer: dict[Location, int], location: Location) -> int | None:
    """Return who wrote a location last: the slot itself, or all slots of the account at once."""
    own = writer.get(location)
    if not location.is_slot:
        return own
    cleared = writer.get(Location(location.address, Field.STORAGE))
    return own if cleared is None or (own is not None and own >= cleared) else cleared


def work(graph: DependencyGraph, cost: Cost) -> int:
    """Return the sum of all costs: what one core takes."""
    return sum(map(cost, range(graph.size)))


def critical_path(graph: DependencyGraph, cost: Cost) -> Path:
    """Return the longest chain of transactions that must run one after the other.

    The sum of its costs (the *span*) bounds every schedule from below, whatever the number of cores. Among equally long
    chains it is the one that keeps to the lowest transactions, from its end backwards.

    Source: Graham 1969; for blocks, Saraph and Herlihy 2019, section 4.

    >>> spot = Location(bytes(20), 0)
    >>> graph = DependencyGraph(6, (Dependency(0, 2, spot), Dependency(2, 5, spot)))
    >>> critical_path(graph, cost=lambda tx_index: 1)
    Path(tx_indexes=(0, 2, 5), length=3)
    """
    lengths: list[int] = []
    previous: list[int | None] = []
    for tx_index, waits_for in enumerate(graph.predecessors):
        longest = max(waits_for, key=lambda before: (lengths[before], -before), default=None)
        previous.append(longest)
        lengths.append(cost(tx_index) + (0 if longest is None else lengths[longest]))
    if not lengths:
        return Path((), 0)
    last: int | None = lengths.index(max(lengths))
    chain = []
    while last is not None:
        chain.append(last)
        last = previous[last]
    return Path(tuple(reversed(chain)), max(lengths))


def span(graph: DependencyGraph, cost: Cost) -> int:
    """Return the length of the critical path: what infinitely many cores take."""
    return critical_path(graph, cost).length
