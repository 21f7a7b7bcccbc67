"""What attackers can do to each system, run cell by cell, and whom its users have to trust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toyevm.rollups.matrix import CELLS

IN_MATRIX = {"sidechain": "sidechain", "optimistic_rollup": "optimistic", "zk": "zk"}
ON_L1 = "more than two thirds of its own stake"
TRUST = {
    "sidechain": "more than two thirds of the validators' stake, for everything",
    "optimistic_rollup": "L1, and one honest watcher who is heard before the time for disputes is over",
    "zk": "L1, and a proof system that holds; the course's needs no secret that somebody must delete",
}
"""Assumptions in a sentence: what the cells of the matrix show when each is broken."""


def attacks_on(system: str, progress: Callable[[str], None] = lambda name: None) -> list[dict[str, Any]]:
    """Run the attacks of the matrix on a settlement, with its defences in place; simulated, on chains of their own."""
    rows = []
    for cell in CELLS:
        if cell.system == IN_MATRIX[system]:
            progress(f"{cell.attack}, {cell.system}")
            damage = cell.run(True)
            rows.append(
                {"attack": cell.attack, "story": cell.story, "outcome": damage.verdict.value, "tag": "simulated",
                 "delaySeconds": damage.delay}
            )  # fmt: skip
    return rows


def count_attacks() -> int:
    """Return how many attacks there are on all settlements."""
    return sum(cell.system in IN_MATRIX.values() for cell in CELLS)
