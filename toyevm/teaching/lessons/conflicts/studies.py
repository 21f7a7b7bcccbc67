"""A block to be studied: it has been executed once, and is now looked at through one lens after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toyevm.analysis.conflicts import (
    ConflictMatrix,
    HotSpot,
    Lens,
    conflict_matrix,
    cost_in,
    hot_spots,
)
from toyevm.analysis.dependencies import DependencyGraph, Path, critical_path, work
from toyevm.backends import BACKENDS, RunConfig
from toyevm.results import BlockResult, TxResult
from toyevm.types import Address, Location
from toyevm.workloads.location_names import LocationNames
from toyevm.workloads.statement_blocks import board_letter, statement_block, statements
from toyevm.workloads.transfers import block_of, read_payments
from toyevm.workloads.workload import Workload

PLAIN = Lens()


@dataclass(frozen=True)
class Study:
    """An executed block, and what its transactions, accounts and locations are called.

    `unit` is "count" (each transaction takes one unit of time) or "gas".
    """

    outcome: BlockResult
    fee_recipient: Address
    titles: tuple[str, ...]
    account: Callable[[Address], str]
    location_name: Callable[[Location], str]

    @property
    def size(self) -> int:
        return len(self.outcome.results)

    def graph(self, lens: Lens = PLAIN) -> DependencyGraph:
        """Return who waits for whom."""
        return lens.graph(self.outcome.results, self.fee_recipient)

    def matrix(self, lens: Lens = PLAIN) -> ConflictMatrix:
        """Return all pairs that conflict."""
        return conflict_matrix(lens.apply(self.outcome.results, self.fee_recipient), self.fee_recipient, lens.hazards)

    def path(self, lens: Lens = PLAIN, unit: str = "count") -> Path:
        """Return the critical path."""
        return critical_path(self.graph(lens), cost_in(unit, self.outcome))

    def speedup(self, lens: Lens = PLAIN, unit: str = "count") -> float:
        """Return work over span: the speedup that no number of cores exceeds."""
        graph, cost = self.graph(lens), cost_in(unit, self.outcome)
        return work(graph, cost) / max(1, critical_path(graph, cost).length)

    def hot_spots(self, lens: Lens = PLAIN, limit: int = 3) -> list[HotSpot]:
        """Return where the longest chains are."""
        return hot_spots(self.graph(lens), cost_in("count", self.outcome), limit)

    def name(self, location: Location, lens: Lens = PLAIN) -> str:
        """Return what a location is called; through a lens that sees accounts, whose it is."""
        return self.account(location.address) if lens.accounts else self.location_name(location)


def meeting_locations(study: Study, seen: Sequence[TxResult]) -> list[Location]:
    """Return the locations that one transaction writes and another touches, those that most touch first."""
    touched: dict[Location, int] = {}
    for result in seen:
        for location in result.read_set.keys() | result.write_set.keys():
            touched[location] = touched.get(location, 0) + 1
    written = {location for result in seen for location in result.write_set}
    return sorted(
        (location for location in written if touched[location] > 1),
        key=lambda location: (-touched[location], study.location_name(location)),
    )


def study(workload: Workload, titles: Sequence[str] = ()) -> Study:
    """Execute a block, one transaction after the other, and return it for study; its transactions count from 0."""
    config = RunConfig(workload.chain)
    outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config).result
    names = tuple(titles) or tuple(map(str, range(len(outcome.results))))
    return Study(outcome, workload.block.header.coinbase, names, workload.name, LocationNames(workload))


def study_board(text: str) -> Study:
    """Return a block of statements such as "x = 5; y = x; x" for study."""
    workload = statement_block(text)
    made = study(workload, statements(text))
    return Study(
        made.outcome,
        made.fee_recipient,
        made.titles,
        made.account,
        lambda location: board_letter(location) or made.location_name(location),
    )


def study_payments(text: str, token: bool = False) -> Study:
    """Return a block of payments such as "Ann>Bob, Bob>Cleo" for study."""
    payments = read_payments(text)
    return study(block_of(payments, token=token), [str(payment) for payment in payments])
