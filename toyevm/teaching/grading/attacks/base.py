"""What an attack is: cells that a student hands in, and the marks that they must earn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toyevm.teaching.grading.attacks.sample import FULL, NAME


@dataclass(frozen=True)
class Forgery:
    """A submission that tries something. A cell that it does not name is answered honestly, so that harm shows.

    Args:
        cells: sources by the id of the cell that they replace.
        marks: points of each item.
        says: occurs in the first message.
        assignment: of `sample`.
        after: cells of the student's own, by the id of the cell that they follow.
        needs: an attack that runs before, by an accomplice.
        beside: an attack that runs six times at the same time.
    """

    cells: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[int, ...] = FULL
    says: str = ""
    assignment: str = NAME
    after: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    beside: str = ""
