"""The rows of `toyevm bench stark` as a chart: what hardly grows with the payments, and what grows with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from toyevm.charts import BLACK, DASHES, INKS, Chart, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = Mapping[str, Any]

TITLE = "What a proof of payments costs whoever checks it"
CURVES = {"proofCheck": "proof check", "statementCheck": "statement check", "reexecution": "re-execution"}


def stark_chart(rows: Sequence[Row]) -> Chart:
    """Return the rows of payments as two panels, sizes and times, and in words."""
    payments = [row for row in rows if row["program"] == "payments"]
    text = describe_growth(payments)
    return Chart(partial(_draw, payments), TITLE, "; ".join(text.split("\n")), text)


def describe_growth(rows: Sequence[Row]) -> str:
    """Return the numbers of the chart, a line for each size, and by how much each grew."""
    lines = [f"{TITLE} (measured CPU time, medians)"]
    for row in rows:
        times = ", ".join(f"{label} {row['cpuSeconds'][name] * 1e3:.1f} ms" for name, label in CURVES.items())
        lines.append(f"{row['transactions']:,} payments: proof {row['proofBytes'] / 1024:.0f} KiB, {times}")
    first, last = rows[0], rows[-1]
    grown = [f"proof {last['proofBytes'] / first['proofBytes']:.1f} times as large"]
    grown += [f"{label} {last['cpuSeconds'][name] / first['cpuSeconds'][name]:.1f}" for name, label in CURVES.items()]
    return "\n".join(
        [*lines, f"{last['transactions'] / first['transactions']:g} times the payments: {', '.join(grown)}"]
    )


def _draw(rows: Sequence[Row], figure: Figure) -> None:
    sizes, times = figure.subplots(1, 2)
    counts = [row["transactions"] for row in rows]
    kibibytes = [row["proofBytes"] / 1024 for row in rows]
    sizes.plot(counts, kibibytes, color=INKS[0], marker="o")
    for count, size in zip(counts, kibibytes, strict=True):
        say(sizes, f"{size:.0f}", (count, size), BLACK, shift=(0, 6), ha="center")
    sizes.set_ylim(0, 1.25 * max(kibibytes))
    sizes.set_title("proof, in KiB")
    for (name, label), ink, dash in zip(CURVES.items(), INKS, DASHES, strict=False):
        milliseconds = [row["cpuSeconds"][name] * 1e3 for row in rows]
        times.plot(counts, milliseconds, color=ink, linestyle=dash, marker="o", label=label)
    times.set_yscale("log")
    times.set_title("CPU time of each check, in ms (log scale)")
    times.yaxis.set_major_formatter("{x:g}")
    figure.legend(loc="outside lower right", ncols=len(CURVES))
    for axes in (sizes, times):
        _count_axis(axes, counts)


def _count_axis(axes: Axes, counts: Sequence[int]) -> None:
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.set_xlabel("payments")
    axes.margins(x=0.12)
