"""Whether data is there, by samples: the producer hides cells of an extended blob, and light clients ask for some.

A blob has 64 cells; the extension makes them 128, of which any 64 give back the rest. Who notices depends only on which
of them are hidden, not on what is in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

from toyevm.errors import InputError
from toyevm.rollups.sampling import CELLS, ENOUGH, SAMPLES, data_of, extend, miss_probability, recover

CLIENTS = 1_000


@dataclass(frozen=True)
class Sampling:
    """Clients who ask the producer for cells, each for `samples` different ones.

    Attributes:
        hidden: the cells that the producer does not give.
        seed: decides what the clients ask for.
    """

    hidden: frozenset[int] = frozenset()
    samples: int = SAMPLES
    seed: int = 9

    @property
    def is_lost(self) -> bool:
        """Fewer cells are left than it takes to rebuild the others."""
        return CELLS - len(self.hidden) < ENOUGH

    @property
    def miss_chance(self) -> float:
        """The chance that one client sees nothing wrong: all it asks for is there."""
        return float(miss_probability(CELLS, len(self.hidden), self.samples))

    @cached_property
    def asked(self) -> tuple[frozenset[int], ...]:
        """What each client asks for."""
        random = Random(self.seed)
        return tuple(frozenset(random.sample(range(CELLS), self.samples)) for _ in range(CLIENTS))

    @property
    def fooled(self) -> int:
        """How many clients see nothing wrong."""
        return sum(not cells & self.hidden for cells in self.asked)


def rebuilt_from(data: bytes, hidden: frozenset[int]) -> bytes | None:
    """Return the data, rebuilt from the cells that are not hidden; None if there are too few of them."""
    left = {cell: content for cell, content in enumerate(extend(data)) if cell not in hidden}
    return data_of(recover(left), len(data)) if len(left) >= ENOUGH else None


def read_cells(text: str) -> frozenset[int]:
    """Return the cells that a text such as "0..63, 70" names.

    >>> sorted(read_cells("3..5, 127"))
    [3, 4, 5, 127]

    Raises:
        InputError: not of this form, or a cell that there is not.
    """
    cells: set[int] = set()
    for part in filter(None, (piece.strip() for piece in text.replace(" ", ",").split(","))):
        first, dots, last = part.partition("..")
        if not first.isdecimal() or (dots and not last.isdecimal()) or len(part) > 20:
            raise InputError(repr(part[:20]), expected='cells such as "0..63, 70"')
        ends = int(first), int(last) if dots else int(first)
        if not ends[0] <= ends[1] < CELLS:
            raise InputError(repr(part), expected=f"cells from 0 to {CELLS - 1}, the lower one first")
        cells.update(range(ends[0], ends[1] + 1))
    return frozenset(cells)


def write_cells(cells: frozenset[int]) -> str:
    """Return cells in the form that `read_cells` reads.

    >>> write_cells(frozenset({3, 4, 5, 127}))
    '3..5, 127'
    """
    runs: list[list[int]] = []
    for cell in sorted(cells):
        if runs and cell == runs[-1][1] + 1:
            runs[-1][1] = cell
        else:
            runs.append([cell, cell])
    return ", ".join(f"{first}..{last}" if last > first else str(first) for first, last in runs)
