"""`toyevm atlas`: how much parallelism the conflicts of applications and real blocks leave, as table and picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toyevm.bench.atlas import make_atlas
from toyevm.bench.atlas_chart import atlas_chart
from toyevm.charts import check_plot
from toyevm.cli.bench_tables import print_atlas
from toyevm.cli.screen import progress, show
from toyevm.workloads.applications import APPLICATIONS


def run(paths: Sequence[Path], as_json: bool, only: Sequence[str], count: int, seeds: int, plot: Path | None) -> int:
    """Show the atlas; return 1 if a deviation from the design is not explained.

    Raises:
        InputError: an unknown application, an unreadable block, or a figure that cannot be written.
    """
    if plot is not None:
        check_plot(plot)
    with progress("rows", len(only or APPLICATIONS) + len(paths)) as begin:
        report = make_atlas(paths, only, count, seeds, begin)
    show(report, as_json, print_atlas)
    if plot is not None:
        atlas_chart(report["rows"]).save(plot)
    return 1 if any(row["unexplained"] for row in report["rows"]) else 0
