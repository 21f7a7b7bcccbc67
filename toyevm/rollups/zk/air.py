"""AIR, the arithmetic of a trace: a table is right when polynomials in its neighbouring rows are zero.

The same constraints are evaluated on numbers of the field (by the prover, on a whole domain) and of the extension (by
the verifier, at one point outside it). So they are written once, with +, - and *, over `Columns` of either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from toyevm.rollups.zk.extension import embed, multiply_extended
from toyevm.rollups.zk.field import Elements, P, add, elements, linear, multiply, subtract


@dataclass(frozen=True)
class Columns:
    """Columns of a trace at many points at once: `values` has the columns on its first axis, the points on its second.

    A third axis, if there is one, has the coefficients of the extension. An int or a slice picks columns.
    """

    values: Elements

    def __getitem__(self, which: int | slice) -> Columns:
        return Columns(self.values[which : which + 1] if isinstance(which, int) else self.values[which])

    def __add__(self, other: Columns | int) -> Columns:
        return Columns(add(self.values, self._like(other)))

    def __sub__(self, other: Columns | int) -> Columns:
        return Columns(subtract(self.values, self._like(other)))

    def __mul__(self, other: Columns | int) -> Columns:
        if isinstance(other, int):
            return Columns(multiply(self.values, elements(other)))
        product = multiply_extended if self.values.ndim == 3 else multiply
        return Columns(product(self.values, other.values))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: int) -> Columns:
        return self * -1 + other

    def mixed(self, matrix: Elements) -> Columns:
        """Return the columns that a constant matrix makes of these."""
        flat = linear(matrix, self.values.reshape(len(self.values), -1))
        return Columns(flat.reshape(len(matrix), *self.values.shape[1:]))

    def plus(self, constants: Elements) -> Columns:
        """Return the columns, to each of which a constant of its own is added."""
        upright = constants.reshape(-1, *[1] * (self.values.ndim - 1))
        return Columns(add(self.values, embed(upright[..., 0]) if self.values.ndim == 3 else upright))

    def joined(self, *others: Columns) -> Columns:
        """Return these columns and others, one after the other."""
        return Columns(np.concatenate([self.values, *(other.values for other in others)]))

    def _like(self, other: Columns | int) -> Elements:
        if isinstance(other, Columns):
            return other.values
        constant = elements([other])
        return embed(constant) if self.values.ndim == 3 else constant


@dataclass(frozen=True)
class BoundaryConstraint:
    """One cell has a value that everybody knows."""

    row: int
    column: int
    value: int


@dataclass(frozen=True)
class Air:
    """What makes a trace right. The engine knows nothing else about it.

    `transitions(now, following, periodic)` returns columns that are zero between each row and the next, but from
    the last to the first; they have `transition_count` columns in all; a product in them has at most `degree` factors.
    `following` has only the columns that `looks_ahead` names. A periodic column repeats its values, 2^k of them.
    """

    name: str
    width: int
    degree: int
    transition_count: int
    transitions: Callable[[Columns, Columns, Columns], list[Columns]]
    boundary: tuple[BoundaryConstraint, ...]
    looks_ahead: tuple[int, ...]
    periodic: tuple[tuple[int, ...], ...] = ()

    def evaluate(self, now: Elements, following: Elements, periodic: Elements) -> Elements:
        """Return the transition constraints, one a row, at many points (see `Columns`).

        Raises:
            ValueError: the AIR has more or fewer than it says.
        """
        found = self.transitions(Columns(now), Columns(following), Columns(periodic))
        joined = np.concatenate([part.values for part in found])
        if len(joined) != self.transition_count:
            raise ValueError(f"{self.name}: {len(joined)} transition constraints, not {self.transition_count}")
        return joined


def broken_constraints(air: Air, trace: Elements) -> list[tuple[str, int, int]]:
    """Return what is wrong with a trace, as (kind, row, which): nothing, if it is right."""
    cells = enumerate(air.boundary)
    found = [("boundary", cell.row, k) for k, cell in cells if trace[cell.row, cell.column] != cell.value % P]
    repeats = [np.resize(elements(values), len(trace)) for values in air.periodic]
    periodic = np.array(repeats, dtype=np.uint64).reshape(len(repeats), len(trace))
    following = np.roll(trace, -1, axis=0)[:, list(air.looks_ahead)]
    residues = air.evaluate(trace.T, following.T, periodic)[:, :-1]
    return found + [("transition", int(row), int(k)) for row, k in np.argwhere(residues.T)]
