"""The matrix: attacks against systems, each cell produced by running it."""

from __future__ import annotations

from collections.abc import Iterator

from toyevm.errors import InputError
from toyevm.rollups.matrix import data_on_l1, optimistic_column, sidechain_column, validium_column, zk_column
from toyevm.rollups.matrix.values import ATTACKS, Damage, MatrixCell, MatrixVerdict

__all__ = ["ATTACKS", "CELLS", "SYSTEMS", "Damage", "MatrixCell", "MatrixVerdict", "chosen_cells"]

CELLS: tuple[MatrixCell, ...] = (
    *data_on_l1.CELLS,
    *sidechain_column.CELLS,
    *optimistic_column.CELLS,
    *zk_column.CELLS,
    *validium_column.CELLS,
)
SYSTEMS = tuple(dict.fromkeys(cell.system for cell in CELLS))


def chosen_cells(attack: str | None = None, system: str | None = None) -> Iterator[MatrixCell]:
    """Yield the cells of one attack, of one system, of both, or all, in the order of the rows.

    Raises:
        InputError: there is no such attack, system, or cell.
    """
    for name, value, known in (("--attack", attack, ATTACKS), ("--system", system, SYSTEMS)):
        if value is not None and value not in known:
            raise InputError(f"unknown: {value!r}", name, " | ".join(known))
    found = [cell for cell in CELLS if attack in (None, cell.attack) and system in (None, cell.system)]
    if not found:
        raise InputError(f"{attack!r} is no attack on {system!r}", "--attack", "one that concerns this system")
    yield from sorted(found, key=lambda cell: ATTACKS.index(cell.attack))
