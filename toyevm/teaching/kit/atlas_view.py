"""The parallelism atlas as a figure: a row for each application, to the right what its conflicts allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

from toyevm.bench.atlas import hottest
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.stepper.view import Picture
from toyevm.teaching.kit.svg import FAILED, FAINT, PANEL, READ, WRITTEN, Paint

WIDTH, LEFT, RIGHT, TOP, STEP = 960, 150, 300, 58, 40
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
IDEAL, CORES = Paint("#a9cfee", READ.line, READ.ink), Paint("#f2b45c", WRITTEN.line, WRITTEN.ink)


def show_atlas(rows: Sequence[Mapping[str, Any]]) -> Picture:
    """Return the figure of the rows of `toyevm atlas`, on a logarithmic scale."""
    return Picture(_draw(rows), describe_atlas(rows))


def describe_atlas(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the numbers of the figure, a line for each row."""
    lines = ["speed-up that conflicts allow (work over span; simulated): as many cores as one likes, and 16"]
    for row in rows:
        design = f"   design {row['ideal']['speedup']:g}×" if row["ideal"] else ""
        lines.append(
            f"{row['name']:<18} {row['storage']['count']:>6.1f}×   16 cores {row['all']['cores']:>5.1f}×"
            f"   pairs {row['storage']['pairs']:>6.1%}   hottest {hottest(row)}{design}"
        )
    return "\n".join(lines)


def _draw(rows: Sequence[Mapping[str, Any]]) -> str:
    most = max([2.0, *(max(row["storage"]["count"], row["all"]["cores"]) for row in rows)])
    bottom = TOP + STEP * len(rows)

    def x(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * log10(max(value, 1)) / log10(most), 1)

    body = [
        svg.text(16, 28, "How far can it be sped up?", size=16, bold=True),
        svg.box(280, 17, 14, 12, IDEAL), svg.note(300, 28, "any number of cores (storage only)"),
        svg.box(524, 17, 14, 12, CORES), svg.note(544, 28, "16 cores (all fields, gas)"),
        svg.line((716, 15), (716, 31), FAILED.line), svg.note(724, 28, "the design's figure"),
        svg.note(WIDTH - 16, 28, "hottest", anchor="end"),
    ]  # fmt: skip
    for tick in (tick for tick in TICKS if tick <= most):
        body += [svg.line((x(tick), TOP - 8), (x(tick), bottom), PANEL.line)]
        body += [svg.note(x(tick), bottom + 16, f"{tick:,}×", anchor="middle")]
    for place, row in enumerate(rows):
        body += _bars(row, TOP + STEP * place, x)
    return svg.figure(WIDTH, bottom + 28, "; ".join(describe_atlas(rows).split("\n")), body)


def _bars(row: Mapping[str, Any], y: float, x: Any) -> list[str]:
    ideal, cores = row["storage"]["count"], row["all"]["cores"]
    right = WIDTH - RIGHT
    drawn = [
        svg.text(LEFT - 12, y + 18, row["name"], size=14, anchor="end"),
        svg.box(LEFT, y, max(3, x(ideal) - LEFT), 13, IDEAL, radius=0),
        svg.box(LEFT, y + 15, max(3, x(cores) - LEFT), 11, CORES, radius=0),
        svg.text(right + 62, y + 12, f"{ideal:.1f}×", bold=True, ink=IDEAL.ink, anchor="end"),
        svg.text(right + 62, y + 27, f"{cores:.1f}×", ink=CORES.ink, anchor="end"),
        svg.text(right + 76, y + 19, hottest(row), ink=FAINT.ink),
    ]
    if row["ideal"]:
        mark = x(row["ideal"]["speedup"])
        drawn.append(svg.line((mark, y - 3), (mark, y + 29), FAILED.line))
    return drawn
