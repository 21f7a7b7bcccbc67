"""The rows of a sweep as small tables: how the speedup changes along one axis, for each backend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from toyevm.bench.sweep.point import Row

AXES = ("cores", "contention")


@dataclass(frozen=True)
class SpeedupPanel:
    """Speedups along an axis, where everything else is the same.

    Args:
        workload, title: what is the same.
        places: the values on the axis, rising.
        lines: for each backend its speedup at each place, the median over seeds; None where there is no row yet.
    """

    workload: str
    title: str
    axis: str
    places: tuple[float, ...]
    lines: Mapping[str, tuple[float | None, ...]]

    def to_text(self) -> str:
        """Return the panel as lines of words and numbers."""
        width = max(map(len, (*self.lines, self.axis)))
        heading = f"{self.axis:<{width}}" + "".join(f"{place:>8g}" for place in self.places)
        rows = (f"{name:<{width}}" + "".join(map(_cell, values)) for name, values in self.lines.items())
        return "\n".join((self.title, heading, *rows))


def make_panels(rows: Sequence[Row], axis: str = "cores") -> list[SpeedupPanel]:
    """Return a panel for each combination of what does not lie along the axis, in the order of the rows."""
    speedups: dict[tuple[str, str], dict[str, dict[float, list[float]]]] = {}
    for row in rows:
        fixed = f"contention {row['contention']:g}" if axis == "cores" else f"cores {row['cores']}"
        lines = speedups.setdefault((row["workload"], fixed), {})
        lines.setdefault(row["backend"], defaultdict(list))[row[axis]].append(row["speedup"])
    return [_panel(workload, fixed, axis, lines) for (workload, fixed), lines in speedups.items()]


def _panel(workload: str, fixed: str, axis: str, found: Mapping[str, Mapping[float, list[float]]]) -> SpeedupPanel:
    places = tuple(sorted({place for values in found.values() for place in values}))
    lines = {
        name: tuple(median(values[place]) if place in values else None for place in places)
        for name, values in found.items()
    }
    return SpeedupPanel(workload, f"{workload}, {fixed}", axis, places, lines)


def _cell(value: float | None) -> str:
    return f"{'-':>8}" if value is None else f"{value:>7.2f}×"
