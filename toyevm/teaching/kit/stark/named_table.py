"""A trace with names: what its columns are for, and what its constraints are about. Figures know no more of an AIR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from toyevm.errors import InputError
from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.fibonacci import fibonacci_square, fibonacci_trace
from toyevm.rollups.zk.field import Elements, P, elements


@dataclass(frozen=True)
class NamedTable:
    """A trace, its AIR, and what to call their parts.

    Args:
        columns: a name for each column; one may come many times.
        roles: a role for each column: columns of one role have one colour.
        families: a name for each transition constraint; constraints of one family stand in one column of a map.
    """

    air: Air
    trace: Elements
    columns: tuple[str, ...]
    roles: tuple[str, ...]
    families: tuple[str, ...]

    def changed(self, row: int, column: str, value: int) -> NamedTable:
        """Return the table with another value in one cell.

        Raises:
            InputError: there is no such row or column.
        """
        if column not in self.columns:
            raise InputError(f"no column {column!r}", expected=" | ".join(dict.fromkeys(self.columns)))
        if not 0 <= row < len(self.trace):
            raise InputError(f"no row {row}", expected=f"0 to {len(self.trace) - 1}")
        trace = self.trace.copy()
        trace[row, self.columns.index(column)] = value % P
        return NamedTable(self.air, trace, self.columns, self.roles, self.families)

    def residues(self) -> dict[str, list[int]]:
        """Return, for each family and the boundary, how many of its values in each row are not zero.

        A constraint that joins the last row to the first does not count: no AIR asks for it.
        """
        air, rows = self.air, len(self.trace)
        repeats = [np.resize(elements(values), rows) for values in air.periodic]
        periodic = np.array(repeats, dtype=np.uint64).reshape(len(repeats), rows)
        following = np.roll(self.trace, -1, axis=0)[:, list(air.looks_ahead)]
        values = air.evaluate(self.trace.T, following.T, periodic)
        values[:, -1] = 0
        found = {name: [0] * rows for name in dict.fromkeys(self.families)}
        for name, line in zip(self.families, values, strict=True):
            found[name] = [count + bool(value) for count, value in zip(found[name], line, strict=True)]
        found["public"] = [0] * rows
        for cell in air.boundary:
            found["public"][cell.row] += int(self.trace[cell.row, cell.column]) != cell.value
        return found


def signed(value: int) -> str:
    """Return an element as people write it: one just below p is a small negative number.

    >>> signed(5), signed(P - 24)
    ('5', '-24')
    """
    return str(value if value <= P // 2 else value - P)


def named(air: Air, trace: Elements, roles: Mapping[str, slice], families: Sequence[str] = ()) -> NamedTable:
    """Return a table of whose columns only the roles have names."""
    names = [""] * air.width
    for role, place in roles.items():
        names[place] = [role] * len(names[place])
    parts = tuple(families) or tuple(f"rule {k}" for k in range(air.transition_count))
    return NamedTable(air, trace, tuple(names), tuple(names), parts)


def fibonacci(rows: int = 8, second: int = 3) -> NamedTable:
    """Return the square Fibonacci sequence as a table."""
    trace, air = fibonacci_trace(rows, second), fibonacci_square(rows, second)
    return NamedTable(air, trace, ("a", "b"), ("value", "value"), ("moves up", "sum of squares"))
