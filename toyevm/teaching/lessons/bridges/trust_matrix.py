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
LIMITS = {("L1 reorg", "sidechain"): " up to 6 blocks"}  # how far a word goes; on other systems, L2 goes back with L1
LEGEND = f"{NONE}: does not concern the system; up to 6 blocks: a deposit is credited when six lie on it"


def words_of(attack: str) -> list[str]:
    """Return what the matrix says about an attack, system by system."""
    return [word + LIMITS.get((attack, name), "") for name, word in zip(SYSTEMS, VERDICTS[attack], strict=True)]


def matrix_lines() -> list[str]:
    """Return what the matrix says, line by line."""
    rows = ((attack, zip(SYSTEMS, words_of(attack), strict=True)) for attack in VERDICTS)
    return [*(f"{attack}: " + ", ".join(map(" ".join, cells)) for attack, cells in rows), LEGEND]


def attack_on(attack: str, system: str) -> str:
    """Run one attack, with the defence and without it, and return what came of it.

    Raises:
        InputError: there is no such attack, system, or cell.
    """
    from toyevm.rollups.matrix import chosen_cells

    (cell,) = chosen_cells(attack, system)
    rows = [f"{cell.story}", f"defence: {cell.defence or 'none'}"]
    runs = (("as it is", True), ("without the defence", False))[: 1 + bool(cell.defence)]
    rows += [f"{words}: {cell.run(defended).verdict}" for words, defended in runs]
    return "\n".join(rows)


def verdict_of(attack: str, system: str) -> str:
    """Return a word of the matrix."""
    return VERDICTS[attack][SYSTEMS.index(system)]
