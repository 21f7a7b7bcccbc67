"""The table of `toyevm compare` as one chart: how fast, how dear, how long until final."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from toyevm.bench.compare.figures import short
from toyevm.charts import BLACK, INKS, Chart, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

Report = Mapping[str, Any]
TITLE = "One block, every backend and every settlement"
L1_NAME = "L1 itself"


def compare_chart(report: Report) -> Chart:
    """Return the rates of all strategies, and cost and finality of all settlements beside L1, with their words."""
    text = describe(report)
    return Chart(partial(_draw, report), TITLE, "; ".join(text.split("\n")), text, height=5.2)


def describe(report: Report) -> str:
    """Return the numbers of the chart in words, each with its tag."""
    lines = [f"{TITLE}: {report['environment']['workload']}, {report['block']['transactions']} transactions"]
    lines += [f"{row['system']}: {row['rate']}" for row in report["executing"]]
    for name, costs, hard in _settled(report):
        dear = ", ".join(f"{scenario} {figure}" for scenario, figure in costs.items())
        lines.append(f"{name}: {dear}; final after {hard}")
    return "\n".join(lines)


def _settled(report: Report) -> list[tuple[str, Mapping[str, Any], Any]]:
    first = report["executing"][0]
    rows = [(L1_NAME, first["costs"], first["hard"])]
    return rows + [(row["system"], row["costsInFullBlobs"], row["hard"]) for row in report["settling"]]


def _draw(report: Report, figure: Drawing) -> None:
    rates, costs, finality = figure.subplots(1, 3, width_ratios=(1.1, 1, 0.7))
    _bars(rates, [(row["system"], row["rate"].value) for row in report["executing"]], "tx/s (simulated)")
    settled = _settled(report)
    names = [name for name, _, _ in settled]
    for place, (scenario, ink) in enumerate(zip(report["scenarios"], INKS, strict=False)):
        values = [each[scenario].value for _, each, _ in settled]
        costs.barh([at + 0.25 * (place - 1) for at in range(len(names))], values, 0.22, color=ink, label=scenario)
    _rows(costs, names, "gwei/tx (assumed prices)")
    costs.set_xscale("log")
    figure.legend(loc="outside lower center", ncols=len(report["scenarios"]))
    _bars(finality, [(name, hard.value) for name, _, hard in settled], "s until final")
    finality.set_xscale("log")
    finality.set_yticklabels([])


def _bars(axes: Axes, rows: list[tuple[str, float]], title: str) -> None:
    axes.barh(range(len(rows)), [value for _, value in rows], color=INKS[0])
    for place, (_, value) in enumerate(rows):
        say(axes, short(value), (value, place), BLACK, shift=(3, -3), ha="left")
    _rows(axes, [name for name, _ in rows], title)
    axes.margins(x=0.3)


def _rows(axes: Axes, names: list[str], title: str) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    axes.set_title(title, fontsize=9)
    axes.tick_params(axis="x", labelsize=8)
