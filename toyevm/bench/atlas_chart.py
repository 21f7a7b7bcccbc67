"""The parallelism atlas as a chart: a row for each application, to the right what its conflicts allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from toyevm.bench.atlas import hottest
from toyevm.charts import BLACK, FAINT_GREY, INKS, LIGHT_BLUE, LIGHT_ORANGE, RED, Chart, bar_axes, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = Mapping[str, Any]


def atlas_chart(rows: Sequence[Row]) -> Chart:
    """Return the rows of `toyevm atlas` as bars on a logarithmic scale, and in words."""
    text = describe_atlas(rows)
    alt = "; ".join(text.split("\n"))
    return Chart(partial(_draw, rows), "How far can it be sped up?", alt, text, height=1.4 + 0.4 * len(rows))


def describe_atlas(rows: Sequence[Row]) -> str:
    """Return the numbers of the chart, a line for each row."""
    lines = ["speedup that conflicts allow (work over span; simulated): as many cores as one likes, and 16"]
    for row in rows:
        design = f"   design {row['ideal']['speedup']:g}×" if row["ideal"] else ""
        lines.append(
            f"{row['name']:<18} {row['storage']['count']:>6.1f}×   16 cores {row['all']['cores']:>5.1f}×"
            f"   pairs {row['storage']['pairs']:>6.1%}   hottest {hottest(row)}{design}"
        )
    return "\n".join(lines)


def _draw(rows: Sequence[Row], figure: Figure) -> None:
    axes = figure.add_subplot()
    kinds = (
        ("any number of cores (storage only)", LIGHT_BLUE, INKS[0], -0.2, [row["storage"]["count"] for row in rows]),
        ("16 cores (all fields, gas)", LIGHT_ORANGE, INKS[1], 0.2, [row["all"]["cores"] for row in rows]),
    )
    for label, colour, ink, shift, values in kinds:
        places = [place + shift for place in range(len(rows))]
        bars = axes.barh(places, [value - 0.95 for value in values], 0.38, left=0.95, label=label, color=colour)
        axes.bar_label(bars, [f"{value:.1f}×" for value in values], padding=3, fontsize=8.5, color=ink)
    marks = [(place, row["ideal"]["speedup"]) for place, row in enumerate(rows) if row["ideal"]]
    for place, speedup in marks:
        axes.vlines(speedup, place - 0.45, place + 0.45, color=RED, linewidth=2, label="_")
    axes.plot([], [], color=RED, linewidth=2, label="the design's figure")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}×")
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
    axes.margins(x=0.1, y=0.01)
    for place, row in enumerate(rows):
        right = axes.get_yaxis_transform()
        say(axes, hottest(row), (1, place), FAINT_GREY, shift=(10, 0), xycoords=right, va="center")
    say(axes, "hottest", (1, 1), BLACK, shift=(10, 4), xycoords="axes fraction")
    bar_axes(axes)
    figure.legend(
        loc="outside upper left", ncols=3, title="How far can it be sped up?", title_fontsize=11, alignment="left"
    )
