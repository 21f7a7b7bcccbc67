"""What columns have in common: two people with ether on a layer, how they get out, and a contract without a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from toyevm.rollups.l1 import L1
from toyevm.rollups.matrix.values import Damage
from toyevm.state import StateDiff
from toyevm.types import Address, Location
from toyevm.units import ETHER

VICTIM, THIEF = "Ann", "Mallory"
LOCKED, OWN = 100 * ETHER, 10 * ETHER  # of the victim, of the thief


class TwoBalances(Protocol):
    """A layer, and its L1, on which people have something by their names, in wei."""

    def l1_balance(self, name: str) -> int: ...

    def balance(self, name: str) -> int: ...


Layer = TypeVar("Layer", bound=TwoBalances)


def wealth(layer: TwoBalances) -> dict[str, int]:
    """Return what each has on L1 and on L2, in wei."""
    return {name: layer.l1_balance(name) + layer.balance(name) for name in (VICTIM, THIEF)}


def afterwards(layer: Layer, before: Mapping[str, int], get_out: Callable[[Layer, str], None]) -> Damage:
    """Let both get out with what is theirs, and count what they have on L1."""
    for name in (VICTIM, THIEF):
        get_out(layer, name)
    return Damage(before, {name: layer.l1_balance(name) for name in before}, thieves=(THIEF,))


def overwrite(l1: L1, address: Address, slot: int, value: int) -> None:
    """Set a slot on L1: what a contract without one of its lines would have there."""
    entry = l1.entries[-1]
    l1.entries[-1] = replace(entry, world=entry.world.apply(StateDiff({Location(address, slot): value})))
