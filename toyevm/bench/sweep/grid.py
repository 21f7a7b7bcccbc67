"""A grid: what a sweep varies, and the points at which it looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from itertools import product
from math import prod
from typing import Any

from toyevm.backends import BACKENDS
from toyevm.errors import InputError
from toyevm.simulation.costs import MOST_CORES
from toyevm.workloads.contention import DIALS

MOST_TRANSACTIONS = 100_000
MOST_SEED = 2**63 - 1  # what a column of Parquet holds
AXIS_TYPES: dict[str, tuple[type, ...]] = {
    "workloads": (str,), "contentions": (int, float), "seeds": (int,), "backends": (str,), "cores": (int,),
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One combination of everything that a row depends on.

    Args:
        contention: from 0 to 1; `DIALS[workload].meaning` says what it is.
        seed: draws the block. The cores are equally fast.
        transactions: in the block.
        hints: whether backends that follow hints get those of an honest producer, or have to find out in a dry run.
    """

    workload: str
    contention: float
    seed: int
    backend: str
    cores: int
    transactions: int = 100
    hints: bool = True

    def __str__(self) -> str:
        return f"{self.workload} at {self.contention:g}, seed {self.seed}, {self.backend} on {_counted(self.cores)}"


def _counted(cores: int) -> str:
    return f"{cores} core" + ("s" if cores > 1 else "")


@dataclass(frozen=True)
class Grid:
    """Every combination of the values on its axes; the last axis, `cores`, changes fastest.

    Raises:
        InputError: an axis without values or with one twice, or a value that there is not.
    """

    workloads: tuple[str, ...] = ("ether", "erc20", "amm")
    contentions: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
    seeds: tuple[int, ...] = (0,)
    backends: tuple[str, ...] = tuple(backend.name for backend in BACKENDS.strategies)
    cores: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    transactions: int = 100
    hints: bool = True

    def __post_init__(self) -> None:
        for axis, kinds in AXIS_TYPES.items():
            _check_types(axis, getattr(self, axis), kinds)
        _check_types("transactions", (self.transactions,), (int,))
        _check_types("hints", (self.hints,), (bool,))
        object.__setattr__(self, "contentions", tuple(map(float, self.contentions)))
        for axis in AXIS_TYPES:
            _check_axis(axis, getattr(self, axis))
        _check_names("workload", self.workloads, tuple(DIALS))
        _check_names("backend", self.backends, tuple(backend.name for backend in BACKENDS.strategies))
        for contention in self.contentions:
            if not 0 <= contention <= 1:
                raise InputError(f"contention {contention:g}", "sweep", "0 to 1")
        for name, values, least, most in (
            ("cores", self.cores, 1, MOST_CORES),
            ("transactions", (self.transactions,), 1, MOST_TRANSACTIONS),
            ("seed", self.seeds, 0, MOST_SEED),
        ):
            for value in (min(values), max(values)):
                if not least <= value <= most:
                    raise InputError(f"{name} {value}", "sweep", f"{least} to {most:,}")

    def __len__(self) -> int:
        axes = (self.workloads, self.contentions, self.seeds, self.backends, self.cores)
        return prod(map(len, axes))

    def points(self) -> Iterator[Point]:
        """Return the points in the order of the grid: those of the same block one after the other."""
        for values in product(self.workloads, self.contentions, self.seeds, self.backends, self.cores):
            yield Point(*values, transactions=self.transactions, hints=self.hints)

    def to_json(self) -> dict[str, Any]:
        """Return the grid as JSON has it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @staticmethod
    def from_json(value: Any) -> Grid:
        """Return the grid that `to_json` gave.

        Raises:
            InputError: something else, or a grid of names that are not there any more.
        """
        if not isinstance(value, dict) or set(value) != {field.name for field in fields(Grid)}:
            raise InputError("no grid", "sweep")
        axes: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in value.items()}
        try:
            return Grid(**axes)
        except (TypeError, OverflowError) as error:  # no collection; a contention beyond all numbers
            raise InputError("no grid", "sweep") from error

    def difference(self, other: Grid) -> str:
        """Return the names of the axes on which two grids differ, in words; "" if they are the same."""
        names = (field.name for field in fields(Grid))
        return ", ".join(name for name in names if getattr(self, name) != getattr(other, name))


def _check_types(name: str, values: tuple[Any, ...], kinds: tuple[type, ...]) -> None:
    for value in values:
        if type(value) not in kinds:
            raise InputError(f"{value!r} among the {name}", "sweep", " or ".join(kind.__name__ for kind in kinds))


def _check_axis(name: str, values: tuple[Any, ...]) -> None:
    if not values:
        raise InputError(f"an empty grid: no {name}", "sweep", "at least one")
    for value in values:
        if values.count(value) > 1:
            raise InputError(f"{value} twice among the {name}", "sweep", "each value once")


def _check_names(kind: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise InputError(f"unknown {kind} {name!r}", "sweep", " | ".join(known))
