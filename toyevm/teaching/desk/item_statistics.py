"""How hard an item was, and whether who does well does well on it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toyevm.teaching.desk.marks import WHOLE, MarkRow

FEWEST = 3  # students of whom a correlation says anything at all


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What the points of a class say about an item.

    Args:
        difficulty: the mean of the points, of those there are: 1 is an item that everybody has right.
        discrimination: how the points of the item go with those of all others (the corrected item-total correlation,
            Pearson's r); None where all have the same, or there are too few.
        all_points: the share of students who have all of its points.
    """

    item: str
    max: float
    students: int
    difficulty: float
    discrimination: float | None
    all_points: float


def item_statistics(rows: Iterable[MarkRow]) -> list[ItemStatistics]:
    """Return the statistics of each item, of rows of students who were all marked on all items.

    What being late costs is no item.
    """
    points: dict[str, dict[str, float]] = {}
    most: dict[str, float] = {}
    for row in rows:
        if row.item != WHOLE:
            points.setdefault(row.item, {})[row.student] = row.points
            most[row.item] = row.max
    totals: dict[str, float] = {}
    for of_item in points.values():
        for student, earned in of_item.items():
            totals[student] = totals.get(student, 0) + earned
    return [
        ItemStatistics(
            item, most[item], len(of_item), statistics.fmean(of_item.values()) / (most[item] or 1),
            correlation(list(of_item.values()), [totals[student] - earned for student, earned in of_item.items()]),
            sum(earned >= most[item] for earned in of_item.values()) / len(of_item),
        )
        for item, of_item in points.items()
    ]  # fmt: skip


def correlation(some: Sequence[float], others: Sequence[float]) -> float | None:
    """Return Pearson's r, or None where it is not defined.

    >>> correlation([1, 2, 3], [2, 4, 6]), correlation([1, 1, 1], [1, 2, 3])
    (1.0, None)
    """
    if len(some) < FEWEST:
        return None
    try:
        return statistics.correlation(some, others)
    except statistics.StatisticsError:
        return None
