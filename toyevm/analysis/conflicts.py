"""Conflicts between transactions, counted by any of sixteen definitions.

Some count by account, others by location; some leave out the fees, which all go to one recipient, others all balances
and nonces; some count every meeting, others only reads of what was written before. Such a choice is a `Lens`: it is
held before the results of a block, and what is seen through it is a graph, a share of pairs, a longest chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from toyevm.analysis.dependencies import (
    Cost,
    DependencyGraph,
    Hazard,
    dependency_graph,
    longest_chain,
    span,
)
from toyevm.analysis.meetings import Members, Visitors, join_meetings, meetings, members, visitors_of
from toyevm.errors import InputError
from toyevm.results import BlockResult, TxResult
from toyevm.types import Address, Field, Location

T = TypeVar("T")
UNITS = ("count", "gas")
_MONEY = frozenset({Field.BALANCE, Field.NONCE})
NAMED_HAZARDS: Mapping[str, tuple[Hazard, ...]] = {"RAW only": (Hazard.READ_AFTER_WRITE,), "all three": tuple(Hazard)}


@dataclass(frozen=True)
class Lens:
    """What counts as a conflict; by default what a machine with versions has to respect, and nothing else.

    Args:
        accounts: an account is one place, whatever was touched in it; in results it is named by its balance.
        fees: the fee recipient's balance is read and written by everybody who pays a fee, as in a machine that adds
            fees up at once.
        balances: balances and nonces count, not only code and storage.
        hazards: which of the three ways to meet; "RAW only" and "all three" will do, too.

    Raises:
        InputError: hazards that are none, or not of `Hazard`.

    >>> Lens(hazards="all three") == Lens(hazards=tuple(Hazard))
    True
    """

    accounts: bool = False
    fees: bool = False
    balances: bool = True
    hazards: tuple[Hazard, ...] = (Hazard.READ_AFTER_WRITE,)

    def __post_init__(self) -> None:
        given: object = self.hazards
        if isinstance(given, str) and given in NAMED_HAZARDS:
            object.__setattr__(self, "hazards", NAMED_HAZARDS[given])
            return
        if not isinstance(given, tuple) or not given or not all(isinstance(each, Hazard) for each in given):
            words = " | ".join(f'"{name}"' for name in NAMED_HAZARDS)
            raise InputError(f"no lens with hazards={given!r}", expected=f"{words}, or some of Hazard as a tuple")

    def __str__(self) -> str:
        return ", ".join((
            "accounts" if self.accounts else "locations",
            "with fees" if self.fees else "without fees",
            "all fields" if self.balances else "storage only",
            "all hazards" if set(self.hazards) == set(Hazard) else " and ".join(self.hazards),
        ))  # fmt: skip

    def apply(self, results: Sequence[TxResult], fee_recipient: Address | None = None) -> tuple[TxResult, ...]:
        """Return the results as they look through the lens."""
        fees = Location(fee_recipient, Field.BALANCE) if self.fees and fee_recipient is not None else None
        if fees is None and self.balances and not self.accounts:
            return tuple(results)
        return tuple(self._seen(result, fees) for result in results)

    def look_at(self, visitors: Visitors) -> Visitors:
        """Return who was where as it looks through the lens: the same as that of the results that `apply` returns."""
        readers, writers = self._joined(visitors.readers), self._joined(visitors.writers)
        if not self.fees or not visitors.payers or visitors.fees is None:
            return replace(visitors, readers=readers, writers=writers)
        readers[visitors.fees] |= visitors.payers
        writers[visitors.fees] |= visitors.payers
        return replace(visitors, readers=readers, writers=writers, payers=0)

    def graph(self, results: Sequence[TxResult], fee_recipient: Address | None = None) -> DependencyGraph:
        """Return who waits for whom."""
        return dependency_graph(self.apply(results, fee_recipient), fee_recipient, self.hazards)

    def place(self, location: Location) -> Location | None:
        """Return what a location counts as; None: it does not count."""
        if not self.balances and location.key in _MONEY:
            return None
        return Location(location.address, Field.BALANCE) if self.accounts else location

    def _seen(self, result: TxResult, fees: Location | None) -> TxResult:
        reads, writes = self._kept(result.read_set), self._kept(result.write_set)
        if fees is None or not result.fee:
            return replace(result, read_set=reads, write_set=writes)
        seen = result.read_set.get(fees) or next(iter(result.read_set.values()))
        return replace(result, read_set=reads | {fees: seen}, write_set=writes | {fees: 0}, fee=0)

    def _joined(self, visits: Mapping[Location, Members]) -> defaultdict[Location, Members]:
        joined: defaultdict[Location, Members] = defaultdict(int)
        for location, transactions in visits.items():
            if self.balances or location.key not in _MONEY:
                joined[Location(location.address, Field.BALANCE) if self.accounts else location] |= transactions
        return joined

    def _kept(self, locations: Mapping[Location, T]) -> dict[Location, T]:
        kept = locations.items() if self.balances else [each for each in locations.items() if each[0].key not in _MONEY]
        return {Location(place.address, Field.BALANCE): value for place, value in kept} if self.accounts else dict(kept)


_YES_AND_NO = (False, True)
LENSES = tuple(
    Lens(accounts, fees, balances, hazards)
    for accounts, fees, balances, hazards in product(
        _YES_AND_NO, _YES_AND_NO, _YES_AND_NO[::-1], (Lens.hazards, tuple(Hazard))
    )
)


@dataclass(frozen=True)
class ConflictMatrix:
    """Which pairs of transactions meet, near or far: `rows[i]` has bit j set if i conflicts with the earlier j."""

    rows: tuple[int, ...]

    @property
    def count(self) -> int:
        return sum(row.bit_count() for row in self.rows)

    @property
    def share(self) -> float:
        """The part of all pairs that conflict."""
        return self.count / max(1, len(self.rows) * (len(self.rows) - 1) // 2)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield each pair, the earlier transaction first."""
        for after, row in enumerate(self.rows):
            yield from ((before, after) for before in range(after) if row >> before & 1)


def conflict_matrix(
    results: Sequence[TxResult],
    fee_recipient: Address | None = None,
    hazards: Iterable[Hazard] = (Hazard.READ_AFTER_WRITE,),
) -> ConflictMatrix:
    """Return all pairs that conflict, not only those with the nearest: a later one with every earlier one it meets."""
    visitors = visitors_of(results, fee_recipient)
    found = join_meetings(visitors.size, (meetings(visitors, hazard) for hazard in frozenset(hazards)))
    return ConflictMatrix(tuple(found.every))


def colour_batches(matrix: ConflictMatrix, strategy: str = "largest_first") -> tuple[tuple[int, ...], ...]:
    """Return batches of transactions, none of which conflicts with another of its batch, as few as a greedy rule finds.

    The order of the block is not kept: this is for whoever may still choose it. Then the longest chain need be no
    longer than the number of batches, since each can wait for those before.

    Args:
        strategy: one of networkx, `greedy_color`: who is coloured first.

    Source: Gallai 1968, Roy 1967: the best order's longest chain is the number of colours that are needed.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(matrix.rows)))
    graph.add_edges_from(matrix.pairs())
    colours = nx.greedy_color(graph, strategy)
    batches: dict[int, list[int]] = defaultdict(list)
    for tx_index in sorted(colours):
        batches[colours[tx_index]].append(tx_index)
    return tuple(sorted(map(tuple, batches.values())))


class HotSpot(NamedTuple):
    """A location at which transactions wait.

    Args:
        waits: how many dependencies it causes.
        chain: the cost of the longest chain that it causes all by itself.
        span_without: the span that would be left if nobody met here.
    """

    location: Location
    waits: int
    chain: int
    span_without: int


def hot_spots(graph: DependencyGraph, cost: Cost, limit: int = 5) -> list[HotSpot]:
    """Return the locations that cause the longest chains, longest first; of equal chains, those with more waits."""
    waits: dict[Location, int] = defaultdict(int)
    chains: dict[Location, dict[int, int]] = defaultdict(dict)
    for before, after, location, _ in sorted(graph.dependencies, key=lambda each: each.after):
        waits[location] += 1
        here = chains[location]
        here[after] = max(here.get(after, 0), here.get(before, cost(before)) + cost(after))
    longest = {location: max(ends.values()) for location, ends in chains.items()}
    hottest = sorted(longest, key=lambda place: (-longest[place], -waits[place], place))[:limit]
    return [HotSpot(place, waits[place], longest[place], span(graph.without(place), cost)) for place in hottest]


class Figure(NamedTuple):
    """What one definition says about a block: how many pairs conflict, how far it could be sped up."""

    lens: Lens
    unit: str
    conflicting_pairs: float
    work: int
    span: int

    @property
    def speedup(self) -> float:
        return self.work / self.span if self.span else 1.0


def every_definition(
    result: BlockResult, fee_recipient: Address, more_costs: Mapping[str, Cost] = MappingProxyType({})
) -> list[Figure]:
    """Return the figures of a block by each definition in use: sixteen lenses, and every unit that can be had.

    A figure without its definition says nothing: the same block may be 1 or 100 times faster.

    Args:
        more_costs: by name, besides those in `UNITS`; such as the time of a run on virtual cores.
    """
    costs = {unit: cost_in(unit, result) for unit in UNITS} | dict(more_costs)
    work = {unit: sum(map(cost, range(len(result.results)))) for unit, cost in costs.items()}
    visitors = visitors_of(result.results, fee_recipient)
    figures = []
    for _, group in groupby(LENSES, key=lambda lens: replace(lens, hazards=Lens.hazards)):
        lenses = list(group)  # they see the same places, and count other hazards there
        seen = lenses[0].look_at(visitors)
        found = {hazard: meetings(seen, hazard) for hazard in Hazard}
        for lens in lenses:
            met = join_meetings(seen.size, map(found.__getitem__, lens.hazards))
            share, predecessors = ConflictMatrix(tuple(met.every)).share, list(map(members, met.nearest))
            figures += [
                Figure(lens, unit, share, work[unit], longest_chain(predecessors, cost)) for unit, cost in costs.items()
            ]
    return figures


def cost_in(unit: str, result: BlockResult) -> Cost:
    """Return what a transaction costs: "count" 1; "gas", refunds not deducted.

    Raises:
        InputError: another unit.
    """
    if unit == "count":
        return lambda tx_index: 1
    if unit == "gas":
        return [each.gas_before_refund for each in result.results].__getitem__
    raise InputError(f"no cost in {unit!r}", expected=" | ".join(UNITS))
