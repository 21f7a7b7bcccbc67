"""Speedup over cores, a curve for each block: where it bends, more cores have stopped to help."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from toyevm.charts import DASHES, FAINT_GREY, INKS, Chart, say
from toyevm.teaching.kit.job import Job
from toyevm.teaching.lessons.schedulers.plans import speedups

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CORES = (1, 2, 4, 8, 16, 32, 64)
TWICE = "twice the cores, twice as fast"


def show_speedups(jobs: Sequence[Job], cores: Sequence[int] = CORES, rule: str = "block order") -> Chart:
    """Return the curves, both axes doubling; the text twin is a table."""
    rows = speedups(jobs, cores, rule)
    wide = max((len(job.title) for job in jobs), default=0)
    lines = [f"{'speedup on':<{wide}}" + "".join(f"{count:>7}" for count in cores) + "   W / S   (simulated)"]
    for job, row in zip(jobs, rows, strict=True):
        most = job.work / max(job.path.length, 1)
        lines.append(f"{job.title:<{wide}}" + "".join(f"{value:>7.1f}" for value in row) + f"{most:>8.1f}")
    alt = "Speedup over cores. " + "; ".join(lines)
    draw = partial(_draw, [job.title for job in jobs], cores, rows)
    return Chart(draw, "speedup over cores", alt, "\n".join(lines), height=4.2)


def _draw(titles: Sequence[str], cores: Sequence[int], rows: Sequence[Sequence[float]], figure: Figure) -> None:
    axes = figure.add_subplot()
    axes.plot(cores, cores, color=FAINT_GREY, linewidth=1.2, linestyle="--")
    ends = [(float(cores[-1]), TWICE, FAINT_GREY)]
    for place, (title, row) in enumerate(zip(titles, rows, strict=True)):
        ink = INKS[place % len(INKS)]
        axes.plot(cores, row, color=ink, linewidth=2.2, linestyle=DASHES[place % len(DASHES)])
        ends.append((row[-1], f"{title} {row[-1]:.1f}×", ink))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(cores, [str(count) for count in cores])
    axes.set_title("speedup (simulated)")
    axes.set_xlabel("cores")
    free = 2.0 * cores[-1]
    for value, words, ink in sorted(ends, key=lambda end: -end[0]):  # from the top, each below the one before
        free = min(max(value, 1.0), free / cores[-1] ** 0.075)
        say(axes, words, (cores[-1], free), ink, shift=(8, 0), va="center")
