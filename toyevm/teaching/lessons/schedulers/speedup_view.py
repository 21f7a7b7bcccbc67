"""Speed-up over cores, a curve for each block: where it bends, more cores have stopped to help."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from toyevm.simulation.schedule import PRIORITIES, speedup
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.lanes import Job
from toyevm.teaching.kit.stepper.view import Picture
from toyevm.teaching.kit.svg import FAINT, PANEL, PAPER

WIDTH, LEFT, RIGHT, TOP, HEIGHT = 960, 60, 230, 44, 300
CORES = (1, 2, 4, 8, 16, 32, 64)
INKS = ("#084a80", "#7a3d00", "#00513b", "#8a1f0a", "#5b2a86", "#1b1b1b")
DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 2", "1 4")  # told apart without colour


def speedups(jobs: Sequence[Job], cores: Sequence[int] = CORES, rule: str = "block order") -> list[list[float]]:
    """Return the speed-up of each block on each number of cores, list-scheduled by the priority of this name."""
    return [[speedup(job.schedule(count, PRIORITIES[rule])) for count in cores] for job in jobs]


def show_speedups(jobs: Sequence[Job], cores: Sequence[int] = CORES, rule: str = "block order") -> Picture:
    """Return the curves, both axes doubling; the text twin is a table."""
    rows = speedups(jobs, cores, rule)
    wide = max((len(job.title) for job in jobs), default=0)
    lines = [f"{'speed-up on':<{wide}}" + "".join(f"{count:>7}" for count in cores) + "   W / S   (simulated)"]
    for job, row in zip(jobs, rows, strict=True):
        most = job.work / max(job.path.length, 1)
        lines.append(f"{job.title:<{wide}}" + "".join(f"{value:>7.1f}" for value in row) + f"{most:>8.1f}")
    table = "\n".join(lines)
    return Picture(_draw(jobs, cores, rows, "Speed-up over cores. " + "; ".join(lines)), table)


def _draw(jobs: Sequence[Job], cores: Sequence[int], rows: Sequence[Sequence[float]], label: str) -> str:
    most, bottom = log2(max(*cores, 2)), TOP + HEIGHT
    across, up = (WIDTH - LEFT - RIGHT) / most, HEIGHT / most

    def point(count: float, value: float) -> svg.Point:
        return (LEFT + log2(count) * across, bottom - log2(max(value, 1)) * up)

    body = [svg.text(14, 26, "speed-up (simulated)", size=15, bold=True)]
    body += [svg.box(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT, PANEL, radius=0)]
    for count in cores:
        x, y = point(count, count)
        body.append(svg.note(x, bottom + 18, str(count), anchor="middle"))
        body.append(svg.note(LEFT - 8, y + 4, str(count), anchor="end"))
    body += [svg.note((LEFT + WIDTH - RIGHT) / 2, bottom + 38, "cores", anchor="middle")]
    body += _curve([point(count, count) for count in cores], FAINT.ink, "4 4", 1.5)
    ends = []
    for place, (job, row) in enumerate(zip(jobs, rows, strict=True)):
        ink, points = INKS[place % len(INKS)], [point(*pair) for pair in zip(cores, row, strict=True)]
        body += _curve(points, ink, DASHES[place % len(DASHES)], 2.5)
        ends.append((points[-1][1], f"{job.title} {row[-1]:.1f}×", ink))
    free = float(TOP)
    for y, words, ink in [(point(cores[-1], cores[-1])[1], "twice the cores, twice as fast", FAINT.ink), *sorted(ends)]:
        free = max(free + 17, y + 4)
        body.append(svg.text(WIDTH - RIGHT + 8, free, words, ink=ink, bold=ink != FAINT.ink))
    return svg.figure(WIDTH, round(max(bottom + 50, free + 14)), label, body)


def _curve(points: Sequence[svg.Point], ink: str, dashes: str, width: float) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [
        f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="{width:g}" stroke-dasharray="{dashes}"/>'
    ]


PAINTS = (*(svg.Paint("#ffffff", ink, ink) for ink in INKS), PAPER)  # whatever carries words here
