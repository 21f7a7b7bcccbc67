"""The rows of `toyevm bench cores` as a chart: speedup over grain beside the control, measured and predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from toyevm.charts import DASHES, INKS, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = Mapping[str, Any]

TITLE = "How long a task must run for a second core to pay"


def cores_chart(report: Mapping[str, Any]) -> Chart:
    """Return the speedup of each grain, with the control and what the model predicts, and the same in words."""
    rows = [row for row in report["rows"] if row["kind"] == "grain" and not row["sent"]]
    text = describe_grains(rows)
    return Chart(partial(_draw, rows), TITLE, "; ".join(text.split("\n")), text)


def describe_grains(rows: Sequence[Row]) -> str:
    """Return the numbers of the chart, a line for each grain."""
    lines = [f"{TITLE}: {rows[0]['cores']} cores (measured, medians)"]
    for row in rows:
        role = "fitted" if row["fitted"] else "held out"
        lines.append(
            f"{row['grain'] * 1e3:g} ms: speedup {row['speedup']:.2f}, control {row['controlSpeedup']:.2f}, "
            f"predicted {row['one'] / row['predicted']:.2f} ({role})"
        )
    return "\n".join(lines)


def _draw(rows: Sequence[Row], figure: Figure) -> None:
    axes = figure.subplots()
    grains = [row["grain"] * 1e3 for row in rows]
    for i, (name, label, marker) in enumerate((("speedup", "measured", "o"), ("controlSpeedup", "control", "s"))):
        values = [row[name] for row in rows]
        axes.plot(grains, values, color=INKS[i], linestyle=DASHES[i], marker=marker, label=label)
    predicted = [row["one"] / row["predicted"] for row in rows]
    axes.plot(grains, predicted, color=INKS[2], linestyle=DASHES[2], label="predicted")
    held_out = [(grain, value) for grain, value, row in zip(grains, predicted, rows, strict=True) if not row["fitted"]]
    axes.plot(*zip(*held_out, strict=True), color=INKS[2], linestyle="", marker="x", label="held out of the fit")
    axes.axhline(1, color=INKS[-1], linewidth=0.8)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks(grains, [f"{grain:g}" for grain in grains])
    axes.set_xlabel("grain: milliseconds that a task runs (log scale)")
    axes.set_ylabel("times as fast as one process")
    axes.set_ylim(bottom=0)
    figure.legend(loc="outside lower right", ncols=4)
