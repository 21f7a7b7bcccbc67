"""The trust matrix: every attack on every system, as `toyevm matrix` has found it, and one of them run again.

The words stand here, so that a lesson shows them at once. A test runs every cell and compares.
"""

from __future__ import annotations

from collections.abc import Mapping

SYSTEMS = ("sidechain", "validium", "data on L1", "optimistic", "zk")
NONE = "–"  # no such attack on this system
VERDICTS: Mapping[str, tuple[str, ...]] = {
    "invalid root": ("safe", "safe", NONE, "safe", "safe"),
    "withheld data": ("frozen", "frozen", "safe", "safe", "safe"),
    "censorship": ("frozen", "safe", "delayed", "delayed", "safe"),
    "2/3 collusion": ("stolen", "stolen", NONE, "safe", "safe"),
    "L1 reorg": ("safe", "safe", "safe", "safe", "safe"),
    "replay": ("safe", "safe", NONE, "safe", "safe"),
    "forged proof": ("safe", "safe", NONE, "safe", "safe"),
}


def matrix_lines() -> list[str]:
    """Return what the matrix says, line by line."""
    rows = ((attack, zip(SYSTEMS, words, strict=True)) for attack, words in VERDICTS.items())
    return [f"{attack}: " + ", ".join(map(" ".join, cells)) for attack, cells in rows]


def attack_on(attack: str, system: str) -> str:
    """Run one attack, with the defence and without it, and return what came of it.

    Raises:
        InputError: there is no such attack, system, or cell.
    """
    from toyevm.rollups.matrix import chosen_cells

    (cell,) = chosen_cells(attack, system)
    rows = [f"{cell.story}", f"defence: {cell.defence or 'none'}"]
    for defended in (True, False):
        if defended or cell.defence:
            verdict = cell.run(defended).verdict
            rows.append(f"{'as it is' if defended else 'without the defence'}: {verdict}")
    return "\n".join(rows)


def verdict_of(attack: str, system: str) -> str:
    """Return a word of the matrix."""
    return VERDICTS[attack][SYSTEMS.index(system)]
