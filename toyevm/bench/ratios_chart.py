"""The ratios of a benchmark as a chart, and the same numbers in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from toyevm.bench.machine import REFERENCE
from toyevm.charts import BLACK, BLUE, GREY, LIGHT_ORANGE, Chart, bar_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Report = dict[str, Any]

COLOURS = {"toyevm": BLUE, "EELS": LIGHT_ORANGE}  # told apart by all, and in grey


def speedup_chart(report: Report) -> Chart:
    """Return how many times as fast as py-evm each row is, as bars and in words."""
    text, bars = describe_speedups(report), _bars(report)
    return Chart(partial(_draw, bars), "Times as fast as py-evm", text, text, height=0.8 + 0.55 * len(bars))


def _draw(bars: Sequence[tuple[str, dict[str, float]]], figure: Figure) -> None:
    axes, names = figure.add_subplot(), list(bars[0][1])
    height = 0.8 / len(names)
    for i, name in enumerate(names):
        places = [row + (i - (len(names) - 1) / 2) * height for row in range(len(bars))]
        ratios = [speedups[name] for _, speedups in bars]
        away = [ratio - 1 for ratio in ratios]  # bars begin at py-evm: to the left is slower
        drawn = axes.barh(places, away, height * 0.9, left=1, label=name, color=COLOURS.get(name, GREY))
        axes.bar_label(drawn, [_ratio(ratio) for ratio in ratios], padding=3, fontsize=8.5)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.margins(x=0.12, y=0.02)
    axes.axvline(1, color=BLACK, linewidth=1)
    axes.set_yticks(range(len(bars)), [label for label, _ in bars])
    axes.set_xlabel("times as fast as py-evm (logarithmic scale, measured CPU time)")
    bar_axes(axes)
    figure.legend(loc="outside upper left", ncols=len(names))


def describe_speedups(report: Report) -> str:
    """Return what the picture shows, in words."""
    rows = (
        f"{label}: " + ", ".join(f"{name} {_ratio(speedup)}" for name, speedup in speedups.items())
        for label, speedups in _bars(report)
    )
    return "bars, on a logarithmic scale: how many times as fast as py-evm. " + "; ".join(rows) + "."


def _bars(report: Report) -> list[tuple[str, dict[str, float]]]:
    """Return the groups of bars, from top to bottom: message calls, their mean, whole transactions."""
    rows = [(row["program"], row["speedup"]) for row in report["rows"] if row["level"] == "message"]
    rows += [("geometric mean", report["geometricMean"])] * (len(rows) > 1)
    rows += [(row["program"], row["speedup"]) for row in _blocks(report)]
    return [(label, _compared(speedups)) for label, speedups in rows]


def _ratio(speedup: float) -> str:
    """Return a ratio with two digits that count.

    >>> _ratio(83.4), _ratio(7.66), _ratio(0.348)
    ('83x', '7.7x', '0.35x')
    """
    return f"{speedup:.0f}x" if speedup >= 10 else f"{speedup:.2g}x"


def _blocks(report: Report) -> list[Report]:
    return [row for row in report["rows"] if row["level"] == "transaction"]


def _compared(speedups: dict[str, float]) -> dict[str, float]:
    """Leave out the machine that the others are compared with: py-evm is as fast as itself."""
    return {name: speedup for name, speedup in speedups.items() if name != REFERENCE}
