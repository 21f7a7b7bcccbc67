"""`toyevm matrix`: run attacks on layers, with their defences or without, and say what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import progress, show, table
from toyevm.rollups.matrix import MatrixCell, chosen_cells
from toyevm.units import ETHER

if TYPE_CHECKING:
    from rich.console import Console

Report = dict[str, Any]


def run(attack: str | None, system: str | None, defended: bool, as_json: bool) -> None:
    """Run the chosen cells and print a row for each.

    Raises:
        InputError: there is no such attack, system or cell.
    """
    cells = list(chosen_cells(attack, system))
    rows = []
    with progress("attacks", len(cells)) as begin:
        for cell in cells:
            begin(f"{cell.attack}, {cell.system}")
            rows.append(run_cell(cell, defended))
    show(rows, as_json, print_matrix)


def run_cell(cell: MatrixCell, defended: bool) -> Report:
    """Return the row of one cell, amounts in wei."""
    damage = cell.run(defended)
    return {
        "attack": cell.attack,
        "system": cell.system,
        "story": cell.story,
        "defence": cell.defence,
        "defended": defended and cell.defence is not None,
        "before": dict(damage.before),
        "after": dict(damage.after),
        "delaySeconds": damage.delay,
        "outcome": damage.verdict.value,
    }


def print_matrix(console: Console, rows: Sequence[Report]) -> None:
    """Print a line for each cell, amounts in ether."""
    cells = []
    for row in rows:
        moved = [f"{name} {_ether(row['before'][name])} > {_ether(row['after'][name])}" for name in row["before"]]
        late = [f"{row['delaySeconds']:,} s later"] if row["delaySeconds"] else []
        cells.append((row["attack"], row["system"], row["outcome"], "\n".join([row["story"], *moved, *late])))
    title = "with the defences that there are" if any(row["defended"] for row in rows) else "without defences"
    console.print(table(title, ("attack", "system", "outcome", "what happened, in ether"), cells, words=(0, 1, 2, 3)))
    for row in rows:
        known = f"the defence is that {row['defence']}" if row["defence"] else "there is no defence"
        console.print(f"{row['attack']}, {row['system']}: {known}")


def _ether(wei: int) -> str:
    return f"{wei / ETHER:,.2f}"
