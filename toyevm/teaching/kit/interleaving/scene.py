"""What there is to show of an interleaving: a play, and whose balances to follow in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from toyevm.simulation.interleaver import Play
from toyevm.types import Address, Field, Location, Value
from toyevm.units import ETHER
from toyevm.workloads.transfers import Payment, block_of
from toyevm.workloads.workload import Workload


@dataclass(frozen=True)
class InterleavingScene:
    """A play, and what of it is shown: some locations, by name.

    Args:
        titles: of the transactions, in block order.
        watched: the locations to follow, in order, with their names; all hold numbers.
        unit: what the numbers are counted in, such as wei to the ether.
        unit_name: how that is called.
    """

    play: Play
    titles: tuple[str, ...]
    watched: Mapping[Location, str]
    unit: int = ETHER
    unit_name: str = "ether"

    def shown(self, value: Value) -> str:
        return in_unit(value, self.unit)

    def values(self, places: Iterable[Location], found: Mapping[Location, Value]) -> list[str]:
        return [f"{self.watched[place]} {self.shown(found[place])}" for place in places if place in found]


def in_unit(value: Value, unit: int) -> str:
    """Return a number as it is shown.

    >>> in_unit(95 * ETHER, ETHER), in_unit(ETHER // 2, ETHER)
    ('95', '0.5000')
    """
    assert isinstance(value, int)
    return f"{value // unit:,}" if value % unit == 0 else f"{value / unit:,.4f}"


def balances(names: Mapping[Address, str], without: Iterable[Address] = ()) -> dict[Location, str]:
    """Return what to watch when money is what matters: everybody's balance."""
    left_out = set(without)
    return {Location(address, Field.BALANCE): name for address, name in names.items() if address not in left_out}


def free_of_gas(payments: Sequence[Payment], tip: int = 0) -> Workload:
    """Return a block of payments without a base fee, so that sums come out even; the tip is wei a unit of gas."""
    return block_of(payments, base_fee=0, tip=tip)


def watched(workload: Workload, producer: bool = False) -> dict[Location, str]:
    """Return whose balances to follow: everyone's, the block producer's only if asked for."""
    return balances(workload.names, without=[] if producer else [workload.block.header.coinbase])
